import type { IChartApi } from 'lightweight-charts'
import { number, price, signed, signedPercent } from '../format.ts'
import type { PageData } from '../page-data.ts'
import { byId, element, signLook } from './elements.ts'
import { barsAround } from './trade-bars.ts'
import { drawTrade } from './trade-chart.ts'

/** Gives what opens the dialogue on a trade; the keys Left and Right go through the order it was opened from. */
export function startDialog(data: PageData): (trade: number, order: readonly number[]) => void {
  const dialog = byId<HTMLDialogElement>('trade')
  const [back, next] = [byId<HTMLButtonElement>('trade-back'), byId<HTMLButtonElement>('trade-next')]
  let order: readonly number[] = []
  let at = 0
  let chart: IChartApi | undefined

  const clear = () => {
    chart?.remove()
    chart = undefined
  }
  const show = async () => {
    const trade = order[at]
    back.disabled = at === 0
    next.disabled = at === order.length - 1
    clear()
    tell(data, trade)
    const box = byId('trade-chart')
    const note = byId('trade-note')
    box.hidden = true
    note.textContent = ''
    const bars = await barsAround(data, trade).catch((error: unknown) => String(error))
    if (order[at] !== trade || !dialog.open) return
    if (typeof bars === 'string') note.textContent = `The bars cannot be read here: ${bars}`
    else if (bars === undefined) note.textContent = 'This report has no bars for this trade.'
    else {
      box.hidden = false
      chart = drawTrade(box, data, trade, bars)
      const isScaled = bars.scale.some((scale) => scale !== 1)
      note.textContent = [
        isScaled ? 'A split lies within these bars: prices are scaled to the day of the entry.' : 'Prices as traded.',
        bars.hasGap ? 'Bars in the middle of this long trade are left out.' : '',
      ].join(' ')
    }
  }
  const go = (step: number) => {
    if (at + step < 0 || at + step >= order.length) return
    at += step
    void show()
  }
  back.addEventListener('click', () => go(-1))
  next.addEventListener('click', () => go(1))
  byId('trade-close').addEventListener('click', () => dialog.close())
  dialog.addEventListener('close', clear)
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close()
  })
  dialog.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowLeft') go(-1)
    if (key === 'ArrowRight') go(1)
  })
  return (trade, from) => {
    order = [...from]
    at = order.indexOf(trade)
    if (!dialog.open) dialog.showModal()
    void show()
  }
}

/** The trade in words and numbers. */
function tell({ trades }: PageData, i: number): void {
  const { numbers } = trades
  const side = trades.side[i] === 1 ? 'long' : 'short'
  byId('trade-title').textContent =
    `${trades.symbol[i]}, ${side}, ${trades.entry[i]} to ${trades.exit[i] ?? 'now open'}`
  const legend = byId('trade-legend')
  legend.textContent = `Arrows: fills. ${numbers.stop[i] === null ? '' : 'Dashed: stop. '}${numbers.target[i] === null ? '' : 'Dashed: target. '}Hollow candles closed above their open.`
  const money = (name: 'dividends' | 'commission' | 'slippage' | 'borrow'): [string, string, string][] => {
    const value = numbers[name][i]
    return value === null || value === 0 ? [] : [[name, number(value), 'num']]
  }
  const share = (title: string, value: number | null): [string, string, string][] =>
    value === null ? [] : [[title, signedPercent(value), 'num']]
  const facts: [string, string, string][] = [
    ['return', signedPercent(numbers.return[i]), signLook(numbers.return[i])],
    ['profit', signed(numbers.pnl[i]), signLook(numbers.pnl[i])],
    ['signal', trades.signal[i] ?? 'n/a', ''],
    ['shares', number(numbers.shares[i], Number.isInteger(numbers.shares[i]) ? 0 : 3), 'num'],
    ['bars held', number(numbers.bars_held[i], 0), 'num'],
    ['left by', trades.reason[i].replaceAll('_', ' '), ''],
    ...(numbers.stop[i] === null ? [] : [['stop', price(numbers.stop[i]), 'num'] as [string, string, string]]),
    ...(numbers.target[i] === null ? [] : [['target', price(numbers.target[i]), 'num'] as [string, string, string]]),
    ...share('worst on the way', numbers.mae[i]),
    ...share('best on the way', numbers.mfe[i]),
    ...(trades.pair[i] === null ? [] : [['paired with', trades.pair[i]!, ''] as [string, string, string]]),
    ...money('dividends'),
    ...money('commission'),
    ...money('slippage'),
    ...money('borrow'),
  ]
  byId('trade-facts').replaceChildren(
    ...facts.map(([name, text, look]) =>
      element(
        'div',
        { look: 'flat' },
        element('dt', { text: name.charAt(0).toUpperCase() + name.slice(1) }),
        element('dd', { text, look }),
      ),
    ),
  )
  const table = byId<HTMLTableElement>('trade-fills')
  const titles = ['Date', 'Price', 'Shares', 'Why'].map((text, c) => {
    const cell = element('th', { text, look: c === 1 || c === 2 ? 'num' : '' })
    cell.scope = 'col'
    return cell
  })
  table.tHead!.replaceChildren(element('tr', {}, ...titles))
  table.tBodies[0].replaceChildren(
    ...fillsOf(trades, i).map(([date, at, shares, why]) =>
      element(
        'tr',
        {},
        element('td', { text: date }),
        element('td', { text: price(at), look: 'num' }),
        element('td', { text: signed(shares, Number.isInteger(shares) ? 0 : 3), look: 'num' }),
        element('td', { text: why.replaceAll('_', ' ') }),
      ),
    ),
  )
}

/** Every fill of a trade; one that was entered and left once is told by its own columns. */
function fillsOf({ fills, entry, exit, side, reason, numbers }: PageData['trades'], i: number) {
  const own = fills[i]
  if (own !== null) return own
  const shares = (numbers.shares[i] ?? 0) * side[i]
  const found: [string, number | null, number | null, string][] = [[entry[i], numbers.entry_price[i], shares, 'entry']]
  if (exit[i] !== null) found.push([exit[i]!, numbers.exit_price[i], -shares, reason[i]])
  return found
}
