import { deflateRawSync } from 'node:zlib'
import type { BarColumns } from '../../signals/stored-bars.ts'
import { wallMinutes } from './stamps.ts'
import { pushVarint } from './varints.ts'

/** A symbol's bars around its trades: whole numbers, deflated. `unpacked` in unpack.ts is the way back. */
export interface PackedSymbol {
  /** bars */
  n: number
  /** prices are whole multiples of 10^-e */
  e: number
  /** F by the index of the first bar that has it */
  f: [index: number, factor: number][]
  /** base64 of raw deflate of varints: stamps, open, high, low, close, each column after the other */
  d: string
}

export type PriceColumns = Pick<BarColumns, 'date' | 'time' | 'open' | 'high' | 'low' | 'close' | 'factor'>

/** Packs bars as traded; stamps are days, or New York minutes of intraday bars, both since 1970. Prices keep at least 5 digits. */
export function packed(bars: PriceColumns): PackedSymbol {
  const { open, high, low, close, factor } = bars
  const n = open.length
  const e = decimalsOf([open, high, low, close])
  const unit = 10 ** e
  const whole = (column: readonly number[]) => column.map((value) => Math.round(value * unit))
  const [o, h, l, c] = [open, high, low, close].map(whole)
  const bytes: number[] = []
  let before = 0
  for (const stamp of stampsOf(bars)) {
    pushVarint(bytes, stamp - before)
    before = stamp
  }
  for (let i = 0; i < n; i++) pushVarint(bytes, o[i] - (i > 0 ? c[i - 1] : 0))
  for (let i = 0; i < n; i++) pushVarint(bytes, h[i] - Math.max(o[i], c[i]))
  for (let i = 0; i < n; i++) pushVarint(bytes, Math.min(o[i], c[i]) - l[i])
  for (let i = 0; i < n; i++) pushVarint(bytes, c[i] - o[i])
  const f: PackedSymbol['f'] = []
  factor.forEach((value, i) => {
    if (i === 0 || value !== factor[i - 1]) f.push([i, value])
  })
  return { n, e, f, d: deflateRawSync(Uint8Array.from(bytes), { level: 9 }).toString('base64') }
}

/** When each bar ended: its day, or its New York minute. */
export function stampsOf({ date, time }: Pick<BarColumns, 'date' | 'time'>): number[] {
  return (time ?? date).map((text) => (time === undefined ? wallMinutes(text) / 1_440 : wallMinutes(text)))
}

/** The fewest decimals that lose nothing, else those that leave the cheapest price five digits. */
function decimalsOf(columns: readonly (readonly number[])[]): number {
  let least = Number.POSITIVE_INFINITY
  for (const column of columns) for (const value of column) if (value > 0 && value < least) least = value
  for (const e of [2, 3, 4]) {
    const unit = 10 ** e
    if (columns.every((column) => column.every((value) => Math.abs(value * unit - Math.round(value * unit)) < 1e-6)))
      return e
  }
  return Number.isFinite(least) ? Math.min(9, Math.max(2, 4 - Math.floor(Math.log10(least)))) : 2
}
