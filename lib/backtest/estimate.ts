import { costOf } from '../core/cost.ts'
import { isoDay } from '../core/days.ts'
import { LIST_PRICES } from '../core/prices.ts'
import { type Machines, styleOf, workMs } from '../signals/chunk-count.ts'
import { sampleOf } from '../signals/columns-engine.ts'
import { estimateOf, type RunShape, type Step, wallOf } from '../signals/estimate.ts'
import type { ScanDeps } from '../signals/latest-pass.ts'
import { crossShape, machinesOf, type PlannedRun, plannedWork, reading, stepOf } from '../signals/run-shape.ts'
import { viewStrategy } from '../signals/strategy-view.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { type BacktestAsk, type BacktestPlan, planOf } from './backtest-plan.ts'

/** One signal in so many bars, where nothing is known of the strategy: what rules about unusual days give. */
const BARS_PER_SIGNAL = 250
/** An instance in JSON, and how often it is stored: in a chunk's answer and in the result. */
const INSTANCE_BYTES = 600
const STORED = 2
/** Putting one instance into the account and the result, in milliseconds. */
const MERGE_MS_PER_SIGNAL = 0.04
/** Loading bars alone, in microseconds, and trading the account on them. */
const LOAD_US = 0.5
const MERGE_US = 0.7

/** A backtest over queues as it is expected to go: its passes over the symbols, and the merge. */
export function backtestShape(engine: Machines, plan: BacktestPlan): RunShape {
  const { strategy, universe, selection, catalog, window, style } = plan
  const { symbols } = selection
  const run: PlannedRun = { engine, catalog, view: viewStrategy(strategy, universe), window }
  const listed = style === 'lists'
  const work = plannedWork(run, style, symbols)
  const cross = listed ? { steps: [], mergeMs: 0, bytes: 0 } : crossShape(run)
  // Of one machine's own parts the cloud knows nothing.
  const scan = stepOf(run, work, engine.queued ? plan.chunks : undefined)
  const { jobs } = scan
  const read = reading(run, symbols.length, jobs)
  const whole = reading(run, symbols.length, 1)
  const loading: Step = { jobs, ms: read.ms + (work.rows * LOAD_US) / 1_000, gets: read.gets }
  const reproved = plannedWork(run, styleOf(strategy), sampleOf(symbols, strategy.hash))
  const steps = listed
    ? // The days with bars, the lists by session (each job reads all symbols), the listed instances followed.
      [loading, { jobs, ms: workMs(work) + jobs * whole.ms, gets: jobs * whole.gets }, loading]
    : [...cross.steps, scan, ...(plan.engine === 'columns' ? [stepOf(run, reproved)] : [])]
  const signals = work.rows / BARS_PER_SIGNAL
  return {
    steps,
    // The account is traded year by year on the bars of what was signalled: at most those of the scan.
    mergeMs: cross.mergeMs + whole.ms + (work.rows * MERGE_US) / 1_000 + signals * MERGE_MS_PER_SIGNAL,
    mergeGets: whole.gets,
    bytes: cross.bytes + signals * INSTANCE_BYTES * STORED,
  }
}

/** What a backtest would cost on AWS, in cents, and how it would be cut there; nothing is run. Throws what the backtest itself would refuse. */
export async function estimateBacktest(
  deps: Pick<ScanDeps, 'catalog'> & { engine: Machines },
  strategy: Strategy,
  ask: Omit<BacktestAsk, 'progress'>,
): Promise<Record<string, unknown>> {
  const plan = await planOf(deps, strategy, { ...ask, progress: UNTOLD })
  // What is asked about is the cloud: there the number of parts counts, whoever answers.
  const machines = { queued: true, size: machinesOf(deps.engine) }
  const shape = backtestShape(machines, plan)
  const cost = costOf(estimateOf(shape))
  const { selection, catalog, style, window } = plan
  const run = { engine: machines, catalog, view: viewStrategy(strategy, ask.universe), window }
  return {
    strategy_id: strategy.strategy_id,
    date_range: [isoDay(selection.from), isoDay(selection.to)],
    symbols: selection.symbols.length,
    bars: plannedWork(run, style, selection.symbols).rows,
    jobs: shape.steps.reduce((sum, { jobs }) => sum + jobs, 0),
    wall_seconds: Math.round(wallOf(shape) / 100) / 10,
    aws_estimate_cents: cost.cents,
    aws_estimate_parts: cost.parts,
    prices_as_of: LIST_PRICES.asOf,
    prices: LIST_PRICES.source,
  }
}

const UNTOLD = { planned: async () => {}, chunkDone: async () => {} }
