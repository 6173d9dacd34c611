/** The work of runs on AWS, put together from a deployment's parts. */
import { dynamodbRuns } from '../lib/adapters/aws/dynamodb-runs.ts'
import { dynamodbStrategies } from '../lib/adapters/aws/dynamodb-strategies.ts'
import { systemClock } from '../lib/adapters/local/clock.ts'
import { cloneCodec } from '../lib/adapters/local/codec.ts'
import type { BacktestDeps } from '../lib/backtest/backtest.ts'
import { MOST_RUNS } from '../lib/backtest/honesty/trials.ts'
import { AppError } from '../lib/core/errors.ts'
import type { MarketSource } from '../lib/market/source.ts'
import { accountOf } from '../lib/runs/account.ts'
import type { AdvanceDeps } from '../lib/runs/advance.ts'
import type { ChunkMessage } from '../lib/runs/messages.ts'
import type { Run } from '../lib/runs/run.ts'
import { type StepDeps, type StepEngine, Suspended } from '../lib/runs/steps.ts'
import { type StrategyStore, strategyOf } from '../lib/strategy/store.ts'
import { type Env, queueOf, resultsOf, tableOf } from './aws.ts'
import { type Bars, openBars, quotasIn, SIDE_BY_SIDE } from './aws-data.ts'
import { performRun } from './perform.ts'
import { rankedHere } from './ranked-here.ts'

/** What steps of runs need. */
export function stepDepsOf(env: Env): StepDeps {
  return {
    here: rankedHere,
    runs: dynamodbRuns(tableOf(env)),
    results: resultsOf(env),
    codec: cloneCodec,
    chunks: queueOf<ChunkMessage>(env, 'SAYWHEN_CHUNK_QUEUE'),
    size: SIDE_BY_SIDE,
    now: () => new Date(systemClock()).toISOString(),
  }
}

/** What a run is performed with. */
export interface PerformDeps extends BacktestDeps {
  strategies: StrategyStore
}

/** Going on with the runs of a deployment, each performed by `perform`; `here`: the jobs done on the spot, ranking alone when absent. */
export function advanceDepsOf(
  env: Env,
  perform: (deps: PerformDeps, run: Run) => Promise<object>,
  here: (source: MarketSource) => StepDeps['here'] = () => rankedHere,
): AdvanceDeps {
  const table = tableOf(env)
  const bars = openBars(env)
  const strategies = dynamodbStrategies(table)
  const quotas = quotasIn(table, env)
  return {
    ...stepDepsOf(env),
    here: here(bars.source),
    perform: (run, engine) =>
      onSameData(bars, run.data_version, async () => {
        const started = systemClock()
        const cpuMs = () => engine.totals().ms
        const spent = () => accountOf(engine.totals(), systemClock() - started)
        const begun = Date.parse(run.created_at)
        const charge = () => quotas.charge(run.owner, 'chunk_seconds', engine.totals().ms / 1_000, run.run_id)
        const ran = () => dynamodbRuns(table).list(run.owner, MOST_RUNS)
        const deps = { ...bars, strategies, engine, clock: systemClock, cpuMs, begun, spent, runs: ran }
        const result = await perform(deps, run).catch(async (error) => {
          // What a run that fails has used is used.
          if (!(error instanceof Suspended)) await charge()
          throw error
        })
        await charge()
        return result
      })(engine),
  }
}

/** Every attempt at a run plans the same steps only on the same data: work that throws `conflict` on any other, or when that changes. */
export function onSameData<Result>(
  { dataVersion }: Pick<Bars, 'dataVersion'>,
  asked: string | null,
  work: (engine: StepEngine) => Promise<Result>,
): (engine: StepEngine) => Promise<Result> {
  return async (engine) => {
    const same = async () => {
      if ((await dataVersion()) === asked) return
      throw new AppError('conflict', 'The stored bars changed while the run was at work. Run it again.')
    }
    await same()
    const result = await work(engine)
    await same()
    return result
  }
}

/** Performs a run of a strategy. */
export async function performStrategy(deps: PerformDeps, run: Run): Promise<object> {
  return performRun(deps, await strategyOf(deps.strategies, run.owner, run.strategy_id!, run.strategy_version!), run)
}
