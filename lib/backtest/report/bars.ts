import { parseDay } from '../../core/days.ts'
import { newYorkText } from '../../market/new-york.ts'
import { type PriceColumns, packed, stampsOf } from './pack.ts'
import type { Known, ReportBars } from './parts.ts'
import type { ReportTrade } from './result-shape.ts'
import { wallMinutes } from './stamps.ts'

/** Most characters of packed bars in one report; symbols past that go without charts. */
const MOST_CHARACTERS = 8_000_000

/** How far an entry may lie outside its bar's range before the bars are called others: slippage and rounding. */
const SLACK = 0.02

/** Packs the bars of the trades' symbols, after checking that they are the bars the trades were made on. */
export function reportBars(
  trades: readonly ReportTrade[],
  bars: ReadonlyMap<string, PriceColumns>,
  intraday: boolean,
): Known<ReportBars> {
  const traded = [...new Set(trades.map(({ symbol }) => symbol))].sort()
  const without = traded.filter((symbol) => !bars.get(symbol)?.open.length)
  if (without.length === traded.length)
    return { absent: 'No bars are stored for the symbols of these trades where the report was made.' }
  const { checked, off } = compared(trades, bars, intraday)
  if (off > checked / 2)
    return {
      absent: `The bars stored where the report was made are not those of the run: ${off} of ${checked} entries lie outside their bar.`,
    }
  const notes: string[] = []
  if (off > 0)
    notes.push(`${counted(off, 'entry lies', 'entries lie')} outside the stored bar: it was corrected since.`)
  if (without.length > 0) notes.push(`No bars are stored for ${some(without)}.`)
  const symbols: ReportBars['symbols'] = {}
  const left: string[] = []
  let characters = 0
  for (const symbol of traded) {
    const own = bars.get(symbol)
    if (own === undefined || own.open.length === 0) continue
    const each = packed(own)
    if (characters + each.d.length > MOST_CHARACTERS) left.push(symbol)
    else {
      symbols[symbol] = each
      characters += each.d.length
    }
  }
  if (left.length > 0) notes.push(`To keep the file small the bars of ${some(left)} are left out.`)
  return { value: { intraday, symbols, notes } }
}

/** The bar in which a trade was entered: its New York minute, or its day. */
export function entryStamp({ entry_date, entry_time }: ReportTrade, intraday: boolean): number {
  if (intraday && entry_time !== null) return wallMinutes(newYorkText(entry_time))
  return parseDay(entry_date)
}

/** How many entries have a bar, and how many of them lie outside its range. */
function compared(trades: readonly ReportTrade[], bars: ReadonlyMap<string, PriceColumns>, intraday: boolean) {
  const at = new Map<string, Map<number, number>>()
  for (const [symbol, columns] of bars) at.set(symbol, new Map(stampsOf(columns).map((stamp, i) => [stamp, i])))
  let checked = 0
  let off = 0
  for (const trade of trades) {
    const own = bars.get(trade.symbol)
    const i = at.get(trade.symbol)?.get(entryStamp(trade, intraday))
    if (own === undefined || trade.entry_price === null) continue
    checked++
    const inside =
      i !== undefined && trade.entry_price >= own.low[i] * (1 - SLACK) && trade.entry_price <= own.high[i] * (1 + SLACK)
    if (!inside) off++
  }
  return { checked, off }
}

const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`
const some = (symbols: readonly string[]) =>
  symbols.length <= 8 ? symbols.join(', ') : `${symbols.slice(0, 8).join(', ')} and ${symbols.length - 8} more`

/** Of answers that came in pieces, each symbol's bars in one. */
export function joined(pieces: readonly (PriceColumns & { symbol: string })[]): Map<string, PriceColumns> {
  const found = new Map<string, PriceColumns>()
  for (const piece of pieces) {
    const before = found.get(piece.symbol)
    if (before === undefined) found.set(piece.symbol, piece)
    else found.set(piece.symbol, joinedTwo(before, piece))
  }
  return found
}

const joinedTwo = (a: PriceColumns, b: PriceColumns): PriceColumns => ({
  date: [...a.date, ...b.date],
  ...(a.time && b.time && { time: [...a.time, ...b.time] }),
  open: [...a.open, ...b.open],
  high: [...a.high, ...b.high],
  low: [...a.low, ...b.low],
  close: [...a.close, ...b.close],
  factor: [...a.factor, ...b.factor],
})
