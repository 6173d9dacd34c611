/** Metrics of the portfolio against its benchmark. */
import { type Entries, entries } from './entry.ts'
import { both, type Figure, known, unknown } from './figure.ts'
import * as of from './relative.ts'

/** Values at each close of the account and of the benchmark, null where the benchmark has none. */
export interface Beside {
  equity: readonly number[]
  benchmark: readonly (number | null)[]
  totalReturn: number | null
}

const NO_BENCHMARK = 'there is no benchmark with bars in the range'

/** Against no benchmark every figure is unknown, and says so. */
export function benchmarkEntries({ equity, benchmark, totalReturn }: Beside): Entries {
  const simple = pairsOf(equity, benchmark, (now, before) => now / before - 1)
  const logs = pairsOf(equity, benchmark, (now, before) => Math.log(now / before))
  const held = benchmark.filter((value) => value !== null)
  const figure = (value: () => Figure): Figure => (held.length === 0 ? unknown(NO_BENCHMARK) : value())
  const buyAndHold = figure(() => known(held[held.length - 1]! / held[0]! - 1))
  const logBeta = figure(() => of.beta(logs))
  return entries('daily', simple.own.length, {
    buy_and_hold_return: ['last / first value of the benchmark, dividends reinvested, - 1', buyAndHold],
    beta: ['covariance with the benchmark / its variance, of daily returns', figure(() => of.beta(simple))],
    alpha: ['(1 + mean(r - beta x benchmark)) ^ 252 - 1', figure(() => of.alpha(simple))],
    correlation: ['correlation of daily returns with the benchmark’s', figure(() => of.correlation(simple))],
    tracking_error: ['sample deviation of (r - benchmark) x sqrt(252)', figure(() => of.trackingError(simple))],
    information_ratio: [
      'mean of (r - benchmark) / its sample deviation x sqrt(252)',
      figure(() => of.informationRatio(simple)),
    ],
    up_capture: [
      'annual return over sessions on which the benchmark rose / the benchmark’s own',
      figure(() => of.capture(simple, 1)),
    ],
    down_capture: ['the same over sessions on which it fell', figure(() => of.capture(simple, -1))],
    log_beta: ['beta of logarithmic daily returns', logBeta],
    excess_over_beta: [
      'total_return - log_beta x buy_and_hold_return',
      both(logBeta, buyAndHold, (slope, market) =>
        totalReturn === null ? unknown(NO_BENCHMARK) : known(totalReturn - slope * market),
      ),
    ],
  })
}

function pairsOf(
  equity: readonly number[],
  benchmark: readonly (number | null)[],
  change: (now: number, before: number) => number,
): of.Pairs {
  const own: number[] = []
  const other: number[] = []
  for (let i = 1; i < equity.length; i++) {
    const [now, before] = [benchmark[i] ?? null, benchmark[i - 1] ?? null]
    if (now === null || before === null || !(equity[i] > 0) || !(equity[i - 1] > 0)) continue
    own.push(change(equity[i], equity[i - 1]))
    other.push(change(now, before))
  }
  return { own, benchmark: other }
}
