/** Studies that follow a trend until it turns: which side they are on depends on everything before. */
import { newColumn } from './column-memory.ts'
import { isAbove, isBelow, order } from './compare.ts'
import { rma, trueRange } from './kernels-smooth.ts'

/**
 * Wilder's parabolic stop and reverse. The first trend is taken to rise from the low of the first bar, a guess that is good
 * until it is first broken: undefined through that bar. Each bar moves the stop by `step` of its distance from the trend's
 * extreme, by `step` more after every new extreme and at most by `most`, never beyond the last two bars; a bar that trades
 * through it turns the trend, and the stop of that bar is the old trend's extreme.
 */
export function parabolic(high: Float64Array, low: Float64Array, step: number, most: number): Float64Array {
  const length = high.length
  const out = newColumn(length).fill(Number.NaN)
  const first = Math.min(step, most)
  let rises = true
  let known = false
  let speed = first
  let stop = low[0]
  let extreme = high[0]
  for (let i = 1; i < length; i++) {
    stop += speed * (extreme - stop)
    if (i > 1) stop = rises ? Math.min(stop, low[i - 1], low[i - 2]) : Math.max(stop, high[i - 1], high[i - 2])
    if (rises ? order(low[i], stop) < 0 : order(high[i], stop) > 0) {
      stop = extreme
      extreme = rises ? low[i] : high[i]
      speed = first
      rises = !rises
      if (!known) {
        known = true
        continue
      }
    } else if (rises ? order(high[i], extreme) > 0 : order(low[i], extreme) < 0) {
      extreme = rises ? high[i] : low[i]
      speed = Math.min(speed + step, most)
    }
    if (known) out[i] = stop
  }
  return out
}

/**
 * Supertrend: bands at (high+low)/2 +/- k*atr(n). The upper band only falls while the close before stayed at or below it,
 * the lower only rises while the close before stayed at or above it. A close at or beyond the band that is followed changes
 * to the other one; the first bar follows the lower band when it closes at or above (high+low)/2.
 */
export function trendBand(
  high: Float64Array,
  low: Float64Array,
  close: Float64Array,
  n: number,
  k: number,
): Float64Array {
  const out = rma(trueRange(high, low, close), n)
  let upper = Number.NaN
  let lower = Number.NaN
  let rises = true
  for (let i = n; i < out.length; i++) {
    const middle = (high[i] + low[i]) / 2
    const reach = k * out[i]
    if (i === n) {
      rises = close[i] >= middle
      upper = middle + reach
      lower = middle - reach
    }
    if (isBelow(middle + reach, upper) || isAbove(close[i - 1], upper)) upper = middle + reach
    if (isAbove(middle - reach, lower) || isBelow(close[i - 1], lower)) lower = middle - reach
    rises = order(close[i], rises ? lower : upper) > 0
    out[i] = rises ? lower : upper
  }
  return out
}

/** 100*(n - k)/n, k the bars since the latest of the last n + 1 bars that has their largest x (the smallest, of -x). */
export function sinceExtreme(x: Float64Array, extremes: Float64Array, n: number): Float64Array {
  const length = x.length
  const out = newColumn(length)
  for (let i = 0; i < length; i++) {
    const extreme = extremes[i]
    if (Number.isNaN(extreme)) {
      out[i] = Number.NaN
      continue
    }
    let at = i
    while (order(x[at], extreme) !== 0) at--
    out[i] = (100 * (n - (i - at))) / n
  }
  return out
}
