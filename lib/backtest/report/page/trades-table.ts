import { number } from '../format.ts'
import type { PageData } from '../page-data.ts'
import { byId, element, signLook } from './elements.ts'
import { filtered, sortBy, tradeColumns } from './trade-rows.ts'

const ROWS = 50
/** on paper there are no pages to turn */
const MOST_PRINTED = 1_000

/** The table of trades, fifty to a page; `open` shows one, told with the trades around it in the order of the table. */
export function startTrades(data: PageData, open: (trade: number, order: readonly number[]) => void): void {
  const { trades } = data
  if (trades.symbol.length === 0) return
  const columns = tradeColumns(trades)
  const table = byId<HTMLTableElement>('trades-table')
  const [head, body] = [table.tHead!, table.tBodies[0]]
  const form = byId<HTMLFormElement>('filters')
  const state = { order: trades.symbol.map((_, i) => i), column: -1, descending: false, page: 0, rows: ROWS }

  const heads = columns.map(({ title, kind }, c) => {
    const button = element('button', { text: title })
    button.type = 'button'
    button.addEventListener('click', () => {
      state.descending = state.column === c ? !state.descending : kind !== 'text'
      state.column = c
      renew()
    })
    const cell = element('th', { look: kind === 'text' ? '' : 'num' }, button)
    cell.scope = 'col'
    return cell
  })
  head.append(element('tr', {}, ...heads))
  const reasons = form.elements.namedItem('reason') as HTMLSelectElement
  for (const reason of [...new Set(trades.reason)].sort()) {
    const option = element('option', { text: reason.replaceAll('_', ' ') })
    option.value = reason
    reasons.append(option)
  }

  const row = (trade: number): HTMLTableRowElement => {
    const cells = columns.map(({ text, value, kind }, c) => {
      if (c > 0)
        return element('td', {
          text: text(trade),
          look: kind === 'text' ? '' : kind === 'sign' ? signLook(value(trade) as number) : 'num',
        })
      const button = element('button', { text: text(trade), look: 'open' })
      button.type = 'button'
      button.setAttribute('aria-label', `${text(trade)}, entered ${trades.entry[trade]}: show the trade`)
      const cell = element('th', {}, button)
      cell.scope = 'row'
      return cell
    })
    const made = element('tr', {}, ...cells)
    made.addEventListener('click', () => open(trade, state.order))
    return made
  }
  const pages = () => Math.max(1, Math.ceil(state.order.length / state.rows))
  const buttons = ['first', 'back', 'next', 'last'].map((name) => byId<HTMLButtonElement>(`page-${name}`))
  const show = () => {
    state.page = Math.min(pages() - 1, Math.max(0, state.page))
    const start = state.page * state.rows
    const shown = state.order.slice(start, start + state.rows)
    body.replaceChildren(...shown.map(row))
    heads.forEach((cell, c) => {
      cell.setAttribute('aria-sort', c !== state.column ? 'none' : state.descending ? 'descending' : 'ascending')
    })
    const all = trades.symbol.length
    const range = shown.length === 0 ? 'none' : `${number(start + 1, 0)} to ${number(start + shown.length, 0)}`
    byId('trades-status').textContent =
      `${range} of ${number(state.order.length, 0)} trades${state.order.length < all ? ` (${number(all, 0)} in all)` : ''}. Open one for its chart.`
    byId('page-at').textContent = `Page ${number(state.page + 1, 0)} of ${number(pages(), 0)}`
    buttons.forEach((button, b) => {
      button.disabled = b < 2 ? state.page === 0 : state.page === pages() - 1
    })
  }
  const renew = () => {
    const wanted = Object.fromEntries(new FormData(form)) as Record<'symbol' | 'side' | 'outcome' | 'reason', string>
    state.order = filtered(trades, wanted)
    if (state.column >= 0) sortBy(state.order, columns[state.column].value, state.descending)
    state.page = 0
    show()
  }
  const turns = [() => 0, () => state.page - 1, () => state.page + 1, () => pages() - 1]
  buttons.forEach((button, b) => {
    button.addEventListener('click', () => {
      state.page = turns[b]()
      show()
    })
  })
  form.addEventListener('input', renew)
  form.addEventListener('submit', (event) => event.preventDefault())
  body.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const own = (event.target as Element).closest('tr')
    const next = step > 0 ? own?.nextElementSibling : own?.previousElementSibling
    if (step === 0 || !next) return
    event.preventDefault()
    next.querySelector('button')?.focus()
  })
  addEventListener('beforeprint', () => {
    state.rows = MOST_PRINTED
    show()
  })
  addEventListener('afterprint', () => {
    state.rows = ROWS
    show()
  })
  show()
}
