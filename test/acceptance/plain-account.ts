import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/**
 * An account written the shortest way, as an oracle for the real one: long only, whole shares, held five bars, from the rows of CSV
 * files. It shares no line with it: no split adjustment (shares are multiplied, dividends paid as they come), one pass over dates.
 */
export interface PlainSettings {
  cash: number
  slots: number
  slippageBps: number
  /** fraction of the value, money a share, least money an order; on every fill */
  commission: number
  perShare: number
  minimum: number
  /** scores: which are served first */
  order: 'asc' | 'desc' | null
}

export interface PlainSignal {
  symbol: string
  date: string
  score: number | null
}

interface Row {
  date: string
  open: number
  close: number
  dividend: number
  split: number
}

const HOLD = 5

/** Rows of one symbol and the place of each date. */
type Rows = { rows: Row[]; at: Map<string, number> }

function readRows(file: string): Rows {
  const [head, ...lines] = gunzipSync(readFileSync(file)).toString().trim().split(/\r?\n/)
  const names = head.split(',')
  const rows = lines.map((line) => {
    const cells = line.split(',')
    const cell = (name: string) => cells[names.indexOf(name)]
    return {
      date: cell('date'),
      open: Number(cell('open')),
      close: Number(cell('close')),
      dividend: Number(cell('dividend') || 0),
      split: Number(cell('split') || 1),
    }
  })
  return { rows, at: new Map(rows.map(({ date }, i) => [date, i])) }
}

interface Held {
  shares: number
  /** bar at whose open it is sold */
  exit: number
  mark: number
}

/** Equity at the close of each date, and how many positions were opened. */
export function plainAccount(
  fileOf: (symbol: string) => string,
  signals: readonly PlainSignal[],
  dates: readonly string[],
  settings: PlainSettings,
): { equity: number[]; entries: number } {
  const { slots, commission, perShare, minimum, order } = settings
  const slip = settings.slippageBps / 10_000
  const kept = new Map<string, Rows>()
  const rowsOf = (symbol: string): Rows => {
    let found = kept.get(symbol)
    if (found === undefined) kept.set(symbol, (found = readRows(fileOf(symbol))))
    return found
  }
  const fee = (shares: number, price: number) => {
    const asked = shares * price * commission + shares * perShare
    return commission + perShare + minimum === 0 ? 0 : Math.max(minimum, asked)
  }
  const arriving = new Map<string, (PlainSignal & { bar: number })[]>()
  for (const signal of signals) {
    const { rows, at } = rowsOf(signal.symbol)
    const bar = at.get(signal.date)!
    const fill = rows[bar + 1]?.date
    if (fill !== undefined) arriving.set(fill, [...(arriving.get(fill) ?? []), { ...signal, bar }])
  }

  let cash = settings.cash
  let entries = 0
  const held = new Map<string, Held>()
  const equityOn = new Map<string, number>()
  for (const date of dates) {
    for (const [symbol, position] of held) {
      const { rows, at } = rowsOf(symbol)
      const bar = at.get(date)
      if (bar === undefined) continue
      position.shares *= rows[bar].split
      cash += position.shares * rows[bar].dividend
      if (bar < position.exit) continue
      const price = rows[bar].open * (1 - slip)
      cash += position.shares * price - fee(position.shares, price)
      held.delete(symbol)
    }
    const sign = order === 'desc' ? -1 : 1
    const by = (a: PlainSignal, b: PlainSignal) =>
      (order === null ? 0 : sign * (a.score! - b.score!)) || (a.symbol < b.symbol ? -1 : 1)
    for (const { symbol, bar, date: signalled } of (arriving.get(date) ?? []).sort(by)) {
      if (held.has(symbol) || held.size >= slots) continue
      const price = rowsOf(symbol).rows[bar + 1].open * (1 + slip)
      const equity = equityOn.get(signalled) ?? settings.cash
      const unit = price * (1 + commission) + perShare
      let shares = Math.floor(Math.min(equity / slots, cash) / unit + 1e-9)
      while (shares > 0 && shares * price + fee(shares, price) > cash + 1e-9) shares--
      if (shares <= 0) continue
      cash -= shares * price + fee(shares, price)
      held.set(symbol, { shares, exit: bar + 1 + HOLD, mark: price })
      entries++
    }
    let equity = cash
    for (const [symbol, position] of held) {
      const { rows, at } = rowsOf(symbol)
      const bar = at.get(date)
      if (bar !== undefined) position.mark = rows[bar].close
      equity += position.shares * position.mark
    }
    equityOn.set(date, equity)
  }
  return { equity: dates.map((date) => equityOn.get(date)!), entries }
}
