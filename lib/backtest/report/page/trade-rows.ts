import { number, price, signed, signedPercent } from '../format.ts'
import type { TradeColumns } from '../page-data.ts'

/** A column of the table of trades: what is written, what it is sorted by, whether it is a number. */
export interface TradeColumn {
  title: string
  text: (i: number) => string
  value: (i: number) => string | number | null
  kind: 'text' | 'number' | 'sign'
}

export function tradeColumns({ symbol, side, entry, exit, reason, numbers }: TradeColumns): TradeColumn[] {
  const text = (title: string, column: readonly (string | null)[], none = ''): TradeColumn => ({
    title,
    text: (i) => column[i] ?? none,
    value: (i) => column[i],
    kind: 'text',
  })
  const numeric = (
    title: string,
    column: readonly (number | null)[],
    write: (value: number | null) => string,
    kind: 'number' | 'sign' = 'number',
  ): TradeColumn => ({ title, text: (i) => write(column[i]), value: (i) => column[i], kind })
  const hasPaths = numbers.mae.some((value) => value !== null)
  return [
    text('Symbol', symbol),
    text(
      'Side',
      side.map((each) => (each === 1 ? 'long' : 'short')),
    ),
    numeric('Return', numbers.return, (value) => signedPercent(value), 'sign'),
    numeric('Profit', numbers.pnl, (value) => signed(value), 'sign'),
    text('Entry', entry),
    text('Exit', exit, 'open'),
    numeric('Shares', numbers.shares, (value) => number(value, value !== null && Number.isInteger(value) ? 0 : 3)),
    numeric('Bought at', numbers.entry_price, price),
    numeric('Left at', numbers.exit_price, price),
    numeric('Bars', numbers.bars_held, (value) => number(value, 0)),
    ...(hasPaths
      ? [
          numeric('Worst', numbers.mae, (value) => signedPercent(value)),
          numeric('Best', numbers.mfe, (value) => signedPercent(value)),
        ]
      : []),
    text(
      'Reason',
      reason.map((each) => each.replaceAll('_', ' ')),
    ),
  ]
}

export interface TradeFilter {
  symbol: string
  side: string
  outcome: string
  reason: string
}

/** Which trades pass, in their own order. */
export function filtered({ symbol, side, exit, reason, numbers }: TradeColumns, wanted: TradeFilter): number[] {
  const part = wanted.symbol.trim().toUpperCase()
  const outcome = (i: number) => (exit[i] === null ? 'open' : (numbers.pnl[i] ?? 0) > 0 ? 'won' : 'lost')
  const found: number[] = []
  for (let i = 0; i < symbol.length; i++) {
    if (part !== '' && !symbol[i].toUpperCase().includes(part)) continue
    if (wanted.side !== '' && String(side[i]) !== wanted.side) continue
    if (wanted.outcome !== '' && outcome(i) !== wanted.outcome) continue
    if (wanted.reason !== '' && reason[i] !== wanted.reason) continue
    found.push(i)
  }
  return found
}

/** Sorts in place; what has no value comes last in either direction, equals keep their order. */
export function sortBy(rows: number[], value: (i: number) => string | number | null, descending: boolean): number[] {
  const sign = descending ? -1 : 1
  return rows.sort((a, b) => {
    const [x, y] = [value(a), value(b)]
    if (x === null || y === null) return x === y ? a - b : x === null ? 1 : -1
    return x < y ? -sign : x > y ? sign : a - b
  })
}
