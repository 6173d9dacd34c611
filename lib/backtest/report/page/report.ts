import type { PageData } from '../page-data.ts'
import { drawCurve } from './curve.ts'
import { byId } from './elements.ts'
import { startSorting } from './sortable.ts'
import { startTheme } from './theme.ts'
import { startDialog } from './trade-dialog.ts'
import { startTrades } from './trades-table.ts'

/** What a reader of the report can do; everything it shows stands in the document. */

const data = JSON.parse(byId('data').textContent ?? '') as PageData

startTheme()
try {
  drawCurve(data)
} catch (error) {
  // a result that somebody edited may hold days that no chart can order: the rest is still to be read
  byId('curve').hidden = true
  byId('reading').textContent = `The curves cannot be drawn: ${String(error)}`
}
startSorting()
startTrades(data, startDialog(data))

let closed: HTMLDetailsElement[] = []
addEventListener('beforeprint', () => {
  closed = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')]
  for (const each of closed) each.open = true
})
addEventListener('afterprint', () => {
  for (const each of closed) each.open = false
})
