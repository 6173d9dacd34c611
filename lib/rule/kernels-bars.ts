/** The functions of a symbol's bars themselves, by name: what reads prices or volume without being given them. */
import type { BarName } from './calendar-columns.ts'
import { onBalanceVolume } from './kernels-memory.ts'
import { arithmetic } from './kernels-pointwise.ts'
import { trueRange } from './kernels-smooth.ts'
import { parabolic, sinceExtreme, trendBand } from './kernels-trend.ts'
import { commodityChannel, highest, lowest } from './kernels-window.ts'

/** How a function gets a bar column. */
export type BarReader = (name: BarName) => Float64Array
type BarKernel = (bar: BarReader, ...numbers: number[]) => Float64Array

export const OF_BARS: Readonly<Record<string, BarKernel | undefined>> = Object.assign(Object.create(null), {
  obv: (bar) => onBalanceVolume(bar('close'), bar('volume')),
  // derived, computed natively because much rests on it
  tr: (bar) => trueRange(bar('high'), bar('low'), bar('close')),
  cci: (bar, n) => commodityChannel(typical(bar), n),
  psar: (bar, step, most) => parabolic(bar('high'), bar('low'), step, most),
  supertrend: (bar, n, k) => trendBand(bar('high'), bar('low'), bar('close'), n, k),
  aroon_up: (bar, n) => sinceExtreme(bar('high'), highest(bar('high'), n + 1), n),
  aroon_down: (bar, n) => sinceExtreme(bar('low'), lowest(bar('low'), n + 1), n),
} satisfies Record<string, BarKernel>)

function typical(bar: BarReader): Float64Array {
  const total = arithmetic('+', arithmetic('+', bar('high'), bar('low')), bar('close'))
  return arithmetic('/', total, 3)
}
