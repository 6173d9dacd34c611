import type { Catalog } from '../market/catalog.ts'
import { SHARDS } from '../market/codec.ts'
import { crossPlan } from '../rule/cross-section.ts'
import { chunkCount, type Machines, type Style, styleOf, type Work, workMs, workOf } from './chunk-count.ts'
import { isCrossSectional } from './dependencies.ts'
import type { RunShape, Step } from './estimate.ts'
import { type PlanWindow, shardMs, storedWithin, yearsRead } from './plan.ts'
import { storedSpan } from './selection.ts'
import { expressionsOf, type ScanStrategy, type StrategyView } from './strategy-view.ts'

/** For how many machines side by side a run is planned on AWS, where it is estimated elsewhere. */
const AWS_MACHINES = 50
/** The catalog and what is stored beside the bars: objects that each load reads. */
const COMPANIONS = 4
/** A rank of one bar among its date's, in microseconds; an input's rank is a number of 8 bytes. */
const RANK_US = 0.5
const RANK_BYTES = 8

/** What a run is planned on. */
export interface PlannedRun {
  engine: Machines
  catalog: Catalog
  view: StrategyView
  window: PlanWindow
}

/** For how many machines side by side a run on AWS is planned: the engine's own number where it is there. */
export const machinesOf = ({ queued, size }: Machines): number => (queued ? size : AWS_MACHINES)

/** What of these symbols, or of all, is scanned in a window. */
export function plannedWork({ catalog, window }: PlannedRun, style: Style, symbols?: readonly string[]): Work {
  const wanted = symbols && new Set(symbols)
  const entries = wanted === undefined ? catalog.symbols : catalog.symbols.filter(({ symbol }) => wanted.has(symbol))
  return workOf(entries.map(storedWithin(window)), style)
}

/** Work as a step of a run: cut as it is planned, or into so many jobs. */
export function stepOf(
  run: PlannedRun,
  work: Work,
  jobs = chunkCount({
    ...work,
    machines: machinesOf(run.engine),
    shardMs: shardMs(run.catalog, run.window),
  }),
): Step {
  const { gets, ms } = reading(run, work.symbols, jobs)
  return { jobs, ms: workMs(work) + ms, gets }
}

/**
 * Objects that so many jobs over these symbols read, and the milliseconds it takes them together: each shard's years once, and once
 * more where two jobs share the shard.
 */
export function reading({ catalog, window }: PlannedRun, symbols: number, jobs: number): { gets: number; ms: number } {
  const span = storedSpan(catalog)
  if (span === null || symbols === 0) return { gets: 0, ms: 0 }
  const shards = Math.min(SHARDS, symbols) + jobs - 1
  return { gets: shards * yearsRead(window, span) + jobs * COMPANIONS, ms: shards * shardMs(catalog, window) }
}

/** The pass over all symbols before a cross-sectional strategy is scanned: its steps, what ranking takes, and what ranks weigh. */
export function crossShape(run: PlannedRun): Pick<RunShape, 'steps' | 'mergeMs' | 'bytes'> {
  const expressions = expressionsOf(run.view)
  if (!isCrossSectional(expressions)) return { steps: [], mergeMs: 0, bytes: 0 }
  const { levels } = crossPlan(expressions, run.view.universe)
  const work = plannedWork(run, 'columns')
  const columns = levels.reduce((sum, level) => sum + level.length, 0)
  return {
    steps: levels.map(() => stepOf(run, work)),
    mergeMs: (columns * work.rows * RANK_US) / 1_000,
    // Once as the columns that are ranked, once as the ranks that go with the scan's inputs.
    bytes: 2 * columns * work.rows * RANK_BYTES,
  }
}

/** What is kept of one symbol on the screening date, as it crosses machines and in the result. */
const LATEST_BYTES = 400
const LATEST_US = 20

/** A screen or an alert: one bar of each symbol. `listed`: a whole-universe form, called twice in one job. */
export function latestShape(
  run: PlannedRun,
  strategy: ScanStrategy,
  symbols: readonly string[],
  listed: boolean,
): RunShape {
  const cross = listed ? { steps: [], mergeMs: 0, bytes: 0 } : crossShape(run)
  const scan = listed
    ? stepOf(run, plannedWork(run, 'lists', symbols), 1)
    : stepOf(run, plannedWork(run, styleOf(strategy), symbols))
  const dated = reading(run, run.catalog.symbols.length, 1)
  return {
    steps: [...cross.steps, scan],
    // The date is found, and the list put together, by whoever goes on with the run, from bars of the last year or two.
    mergeMs: cross.mergeMs + dated.ms + (symbols.length * LATEST_US) / 1_000,
    mergeGets: dated.gets,
    bytes: cross.bytes + 2 * symbols.length * LATEST_BYTES,
  }
}
