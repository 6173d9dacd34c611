/** The core functions whose value follows from their arguments alone, by name: columns of the x and c arguments, then the numbers. */
import * as memory from './kernels-memory.ts'
import * as pointwise from './kernels-pointwise.ts'
import { ema, relativeStrength, rma } from './kernels-smooth.ts'
import { adaptiveMean, slope, weightedMean } from './kernels-weighted.ts'
import * as window from './kernels-window.ts'

export type Kernel = (columns: readonly Float64Array[], ...numbers: number[]) => Float64Array

export const CORE: Readonly<Record<string, Kernel | undefined>> = Object.assign(Object.create(null), {
  abs: ([x]) => pointwise.absolute(x),
  log: ([x]) => pointwise.logarithm(x),
  sqrt: ([x]) => pointwise.squareRoot(x),
  floor: ([x]) => pointwise.floor(x),
  min: ([x, y]) => pointwise.min(x, y),
  max: ([x, y]) => pointwise.max(x, y),
  where: ([c, x, y]) => pointwise.where(c, x, y),
  sum: ([x], n) => window.sum(x, n),
  sma: ([x], n) => window.sma(x, n),
  stdev: ([x], n) => window.stdev(x, n),
  highest: ([x], n) => window.highest(x, n),
  lowest: ([x], n) => window.lowest(x, n),
  count: ([c], n) => window.count(c, n),
  pct_rank: ([x], n) => window.percentRank(x, n),
  ema: ([x], n) => ema(x, n),
  rma: ([x], n) => rma(x, n),
  wma: ([x], n) => weightedMean(x, n),
  kama: ([x], n, fast, slow) => adaptiveMean(x, n, fast, slow),
  linreg_slope: ([x], n) => slope(x, n),
  // derived, computed natively because it is in every second rule
  rsi: ([x], n) => relativeStrength(x, n),
  barssince: ([c]) => memory.barsSince(c),
  valuewhen: ([c, x]) => memory.valueWhen(c, x),
  highest_since: ([c, x]) => memory.highestSince(c, x),
  lowest_since: ([c, x]) => memory.lowestSince(c, x),
} satisfies Record<string, Kernel>)
