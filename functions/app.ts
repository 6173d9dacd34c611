/** The composition root on one machine: adapters, threads and use cases put together. The only reader of the environment. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

import { dynamodbRuns } from '../lib/adapters/aws/dynamodb-runs.ts'
import { dynamodbStrategies } from '../lib/adapters/aws/dynamodb-strategies.ts'
import { newId, sleep, systemClock } from '../lib/adapters/local/clock.ts'
import { openDirectory } from '../lib/adapters/local/directory.ts'
import { openLocalTable } from '../lib/adapters/local/dynalite.ts'
import { loadEngine } from '../lib/adapters/local/quickjs-engine.ts'
import { threadCpuMs } from '../lib/adapters/local/thread-cpu.ts'
import { watch } from '../lib/alerts/watch.ts'
import { backtest } from '../lib/backtest/backtest.ts'
import { toDay } from '../lib/core/days.ts'
import type { Engine } from '../lib/core/engine.ts'
import { AppError } from '../lib/core/errors.ts'
import { createStrategy } from '../lib/generate/create.ts'
import { inspectJob, proveJob } from '../lib/generate/inspect.ts'
import { dataVersion } from '../lib/market/companions.ts'
import type { MarketSource } from '../lib/market/source.ts'
import { BarCache, loadMarket, readCatalog } from '../lib/market/store.ts'
import { failInterrupted, type RunDeps, type RunProgress, storedResult, withRun } from '../lib/runs/lifecycle.ts'
import type { RunMode } from '../lib/runs/run.ts'
import type { Limits } from '../lib/sandbox/sandbox.ts'
import { createThreads } from '../lib/sandbox/threads.ts'
import { screen } from '../lib/screener/screen.ts'
import { checkRule, evaluateRule } from '../lib/signals/evaluate.ts'
import { signalList } from '../lib/signals/list-pass.ts'
import type { Strategy } from '../lib/strategy/strategy.ts'
import type { Application } from './application.ts'
import { type NotifySettings, notifySettingsOf, openLocalAlerts } from './local-alerts.ts'
import { ensureBars } from './local-data.ts'
import type { ThreadData } from './thread.ts'

export { localImports } from './local-data.ts'

/** Decoded bars the host keeps for merging and ranking. */
const CACHE_BYTES = 256 * 2 ** 20

export interface LocalOptions {
  home: string
  /** the built worker thread; beside this bundle when absent */
  thread?: URL
  /** worker threads; one per core when absent */
  threads?: number
  /** whether threads stand ready from the start, one more than are at work: a strategy that is ended keeps no other waiting */
  spare?: boolean
  /** limits of strategies' code in place of the defaults */
  limits?: Partial<Limits>
  /** how alerts reach people; by no mail when absent */
  notify?: NotifySettings
  /** watches the alerts while the home is open, and prints with this what the channel `console` is told */
  watchAlerts?: (text: string) => void
}

/** The bars of a home, for this process. */
export async function localSource(home: string): Promise<MarketSource> {
  const objects = await openDirectory(home)
  const cache = new BarCache(CACHE_BYTES)
  return { load: (request) => loadMarket(objects, cache, request) }
}

/** Opens a home: its state, its bars (simulated ones where there are none) and its worker threads. */
export async function createLocalApplication(options: LocalOptions): Promise<Application> {
  const { home, thread, threads: size = availableParallelism(), spare = false, limits, notify, watchAlerts } = options
  const objects = await openDirectory(home)
  await ensureBars(objects)
  const source = await localSource(home)
  const table = await openLocalTable(join(home, 'state'))
  const strategies = dynamodbStrategies(table)
  const host = newId()
  const runDeps: RunDeps = { runs: dynamodbRuns(table), results: objects, clock: systemClock, newRunId: newId, host }
  await failInterrupted(runDeps)
  const url = thread ?? new URL('./thread.mjs', import.meta.url)
  const data: ThreadData = { home, engine: await loadEngine(new URL('./engine.bin', url)), limits }
  const threads = createThreads({ url, size, data, spare, cpuMs: threadCpuMs })
  const engine: Engine = {
    size,
    run: (job, input) => {
      const wallMs = job.name === proveJob.name || job.name === inspectJob.name ? PROOF_WALL_MS : undefined
      return threads.run({ name: job.name, input }, { wallMs, silentMs: SILENT_MS })
    },
  }
  const deps = {
    engine,
    source,
    catalog: () => readCatalog(objects, '1d'),
    dataVersion: () => dataVersion(objects),
    strategies,
    clock: systemClock,
    cpuMs: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1_000
    },
  }

  const strategy = async (id: number, version?: number): Promise<Strategy> => {
    const found = await strategies.get(id, version)
    if (found === undefined) {
      const what = version === undefined ? `strategy ${id}` : `version ${version} of strategy ${id}`
      throw new AppError('not_found', `There is no ${what}. GET /strategies (saywhen list) names them.`)
    }
    return found
  }
  const alerts = openLocalAlerts(
    table,
    { ...deps, strategy: (_owner, id, version) => strategy(id, version), sleep, newId },
    notify ?? notifySettingsOf({}),
  )
  if (watchAlerts) alerts.start(watchAlerts)
  const run = async (
    mode: RunMode,
    request: { strategy_id: number },
    work: (strategy: Strategy, progress: RunProgress) => Promise<Record<string, unknown>>,
  ) => {
    const found = await strategy(request.strategy_id)
    return withRun(runDeps, { mode, strategy: found, request }, (progress) => work(found, progress))
  }
  const day = (text: string | undefined, what: string) => (text === undefined ? undefined : toDay(text, what))

  return {
    createStrategy: (request) => createStrategy(deps, request),
    strategy: (id) => strategy(id),
    strategies: () => strategies.list(),
    runBacktest: (request) =>
      run('backtest', request, (found, progress) =>
        backtest(deps, found, {
          from: day(request.start_date, 'start_date'),
          to: day(request.end_date, 'end_date'),
          symbols: request.symbols,
          universe: request.universe,
          chunks: request.chunks,
          engine: request.engine,
          progress,
        }),
      ),
    runScreener: (request) =>
      run('screening', request, (found) =>
        screen(deps, found, {
          ...(Array.isArray(request.universe) ? { symbols: request.universe } : { universe: request.universe }),
          limit: request.limit,
          asOf: day(request.as_of, 'as_of'),
        }),
      ),
    runAlert: (request) =>
      run('alert', request, (found) =>
        watch(deps, found, { symbols: request.symbols, asOf: day(request.as_of, 'as_of') }),
      ),
    signals: async (request) =>
      signalList(deps, await strategy(request.strategy_id), {
        from: toDay(request.start_date, 'start_date'),
        to: toDay(request.end_date, 'end_date'),
        side: request.side,
        symbols: request.symbols,
      }),
    evaluateRule: (request) =>
      evaluateRule(deps, {
        ...request,
        from: day(request.start_date, 'start_date'),
        to: day(request.end_date, 'end_date'),
      }),
    checkRule: async (text) => checkRule(text),
    run: async (runId) => {
      const found = await runDeps.runs.get(runId)
      if (found === undefined) throw new AppError('not_found', `There is no run ${runId}.`)
      return found
    },
    runs: (limit) => runDeps.runs.list(limit),
    runResult: (runId) => storedResult(runDeps, runId),
    alerts: alerts.of('local'),
    health: async () => {
      const catalog = await deps.catalog()
      return { symbols: catalog?.symbols.length ?? 0, simulated: catalog?.simulated ?? false }
    },
    close: async () => {
      await alerts.close()
      await threads.close()
      await table.close()
    },
  }
}

/** Longest creating a strategy may take: what is slower on a sample is too slow to run. */
const PROOF_WALL_MS = 2 * 60_000
/** Longest a job may be at work between two evaluations, which have limits of their own. */
const SILENT_MS = 10 * 60_000
