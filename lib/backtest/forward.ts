import type { BarSeries } from '../market/bars.ts'

/** Bars over which every instance's forward return is reported. */
export const HORIZONS = [1, 5, 20] as const
export type Horizon = (typeof HORIZONS)[number]

/**
 * The symbol's return from the open after bar t over h bars: (close[t+h] + dividends with ex-date in t+2 .. t+h) / open[t+1] - 1,
 * split-adjusted, whatever the side of the signal; null when the data end before bar t+h.
 */
export function forwardReturn(series: BarSeries, t: number, h: number): number | null {
  if (t + h >= series.length) return null
  let end = series.close[t + h]
  for (let i = t + 2; i <= t + h; i++) end += series.dividend[i]
  return end / series.open[t + 1] - 1
}

/** The forward returns over 1, 5 and 20 bars. */
export function forwardReturns(series: BarSeries, t: number): Record<Horizon, number | null> {
  return { 1: forwardReturn(series, t, 1), 5: forwardReturn(series, t, 5), 20: forwardReturn(series, t, 20) }
}
