import type { CrossColumns } from '../rule/evaluate.ts'
import { crossOf } from '../signals/cross-pass.ts'
import { isCrossSectional } from '../signals/dependencies.ts'
import { type ScanStrategy, viewStrategy } from '../signals/strategy-view.ts'
import type { BacktestPlan } from './backtest-plan.ts'
import type { Scanned } from './by-symbols.ts'
import { exitExpressions, exitsReadEquity } from './exit-rules.ts'
import type { BacktestSettings } from './settings.ts'

/** What a merge must know of the run beside what its chunks answered; plain data for threads and queues. */
export interface MergePlan {
  strategy: ScanStrategy
  /** version of the stored bars the run was planned on */
  version: string
  universe?: string
  /** days of the run, both included, and the last day of the data */
  from: number
  to: number
  dataEnd: number
  /** how the account trades, the benchmark named where there is one */
  settings: BacktestSettings
  /** first day of the part that the strategy was not made on */
  outOfSample?: number
  /** strategies tried, where the request says how many */
  trials?: number
  /** ranks of the signalled symbols, where exits that speak of the account read any */
  cross?: CrossColumns
}

/** Ranks go along only where trades depend on the account and read them. */
export function mergePlan(plan: BacktestPlan, { answers, cross }: Scanned): MergePlan {
  const { strategy, universe, selection, catalog, dataEnd, settings, outOfSample, trials } = plan
  const { rule } = viewStrategy(strategy, universe)
  const reads = cross !== undefined && exitsReadEquity(rule) && isCrossSectional(exitExpressions(rule))
  const signalled = answers.flatMap((answer) => answer.signalled.map(({ symbol }) => symbol))
  return {
    strategy,
    version: catalog.version,
    universe,
    from: selection.from,
    to: selection.to,
    dataEnd,
    settings,
    outOfSample,
    trials,
    cross: reads ? crossOf(cross, signalled) : undefined,
  }
}
