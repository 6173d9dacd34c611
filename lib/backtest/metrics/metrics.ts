import { type Instance, knownReturn } from '../instances.ts'
import { type Entries, entries } from './entry.ts'
import { type Definition, figureOf } from './figure.ts'
import { type Account, accountEntries } from './of-account.ts'
import { benchmarkEntries } from './of-benchmark.ts'
import { drawdownEntries, returnEntries } from './of-returns.ts'
import { tradeEntries } from './of-trades.ts'
import { returnBase } from './returns.ts'
import { mean } from './statistics.ts'

/** Metrics, why some are null, and how each is computed on how many values. */
export interface MetricsReport {
  values: Record<string, number | null>
  reasons: Record<string, string>
  definitions: Record<string, Definition>
}

/** All metrics of a run, from instances and trades in their fixed order; `benchmark` as long as the curve, or empty. */
export function metricsOf(
  instances: readonly Instance[],
  account: Account,
  cash: number,
  benchmark: readonly (number | null)[] = [],
): MetricsReport {
  const { curve, trades, finalEquity } = account
  const totalReturn = curve.day.length === 0 ? null : finalEquity / cash - 1
  return reportOf({
    ...instanceEntries(instances),
    ...accountEntries(account, cash),
    ...returnEntries(returnBase(curve.equity, cash)),
    ...drawdownEntries(curve.day, curve.equity, cash),
    ...tradeEntries(trades.filter(({ open }) => !open)),
    ...benchmarkEntries({ equity: curve.equity, benchmark, totalReturn }),
  })
}

function instanceEntries(instances: readonly Instance[]): Entries {
  const returns = instances.map(knownReturn).filter((value) => value !== null)
  const none = 'no instance with a known return'
  return entries('per instance', returns.length, {
    average_return: ['mean of future_return over the instances where it is known', figureOf(returns, none, mean)],
    hit_rate: [
      'instances with future_return > 0 / instances where it is known',
      figureOf(returns, none, () => returns.filter((value) => value > 0).length / returns.length),
    ],
    max_return: [
      'largest known future_return',
      figureOf(returns, none, () => returns.reduce((most, value) => Math.max(most, value))),
    ],
  })
}

function reportOf(all: Entries): MetricsReport {
  const report: MetricsReport = { values: {}, reasons: {}, definitions: {} }
  for (const [name, { figure, ...definition }] of Object.entries(all)) {
    report.definitions[name] = definition
    if ('value' in figure && Number.isFinite(figure.value)) report.values[name] = figure.value
    else {
      report.values[name] = null
      report.reasons[name] = 'reason' in figure ? figure.reason : 'the account was ruined: equity reached 0'
    }
  }
  return report
}
