/** The composition root on one machine: adapters, threads and use cases put together. The only reader of the environment. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

import type { KeyStore } from '../lib/access/key-store.ts'
import { type Keys, keysOf } from '../lib/access/keys.ts'
import { dailyQuotas, type QuotaLimits } from '../lib/access/quotas.ts'
import { dynamodbKeys } from '../lib/adapters/aws/dynamodb-keys.ts'
import { dynamodbQuotas } from '../lib/adapters/aws/dynamodb-quotas.ts'
import { dynamodbRuns } from '../lib/adapters/aws/dynamodb-runs.ts'
import { dynamodbStrategies } from '../lib/adapters/aws/dynamodb-strategies.ts'
import { newId, randomBytes, sleep, systemClock } from '../lib/adapters/local/clock.ts'
import { openDirectory } from '../lib/adapters/local/directory.ts'
import { openLocalTable } from '../lib/adapters/local/dynalite.ts'
import { loadEngine } from '../lib/adapters/local/quickjs-engine.ts'
import { threadCpuMs } from '../lib/adapters/local/thread-cpu.ts'
import { estimateBacktest } from '../lib/backtest/estimate.ts'
import { MOST_RUNS } from '../lib/backtest/honesty/trials.ts'
import { toDay } from '../lib/core/days.ts'
import type { Engine } from '../lib/core/engine.ts'
import { LOCAL_OWNER } from '../lib/core/owner.ts'
import { type CreateDeps, createStrategy } from '../lib/generate/create.ts'
import { inspectJob, proveJob } from '../lib/generate/inspect.ts'
import { reviseStrategy } from '../lib/generate/revise.ts'
import type { Timeframe } from '../lib/market/bars.ts'
import { lastClosedSession, nyse } from '../lib/market/calendar.ts'
import { dataVersion } from '../lib/market/companions.ts'
import { readDefects } from '../lib/market/defects.ts'
import type { MarketSource } from '../lib/market/source.ts'
import { BarCache, marketSource, readCatalog } from '../lib/market/store.ts'
import { runUnderKey } from '../lib/runs/asked.ts'
import { failInterrupted, hostRuns, type RunDeps, type RunProgress } from '../lib/runs/lifecycle.ts'
import { ownRun, resultOf } from '../lib/runs/open.ts'
import type { Limits } from '../lib/sandbox/sandbox.ts'
import { createThreads } from '../lib/sandbox/threads.ts'
import { checkRule, evaluateRule } from '../lib/signals/evaluate.ts'
import { storedBars } from '../lib/signals/stored-bars.ts'
import { type StrategyStore, strategyOf } from '../lib/strategy/store.ts'
import type { Application, AskOptions } from './application.ts'
import { type NotifySettings, notifySettingsOf, openLocalAlerts } from './local-alerts.ts'
import { ensureBars } from './local-data.ts'
import { metered } from './metered.ts'
import { backtestAsk, barWindows, type Performance, perform } from './perform.ts'
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
  /** what each owner may have in a day; unlimited when absent */
  quotas?: QuotaLimits
  /** how alerts reach people; by no mail when absent */
  notify?: NotifySettings
  /** whom words are given to beside the grammar; the grammar alone when absent */
  model?: CreateDeps['model']
  /** watches the alerts while the home is open, and prints with this what the channel `console` is told */
  watchAlerts?: (text: string) => void
}

/** A home: the application of the owner of this machine, and of any other owner. */
export interface LocalApplication extends Application {
  /** The application of an owner for one request, whose id its day's quotas count. */
  of(owner: string, requestId: string): Application
  keys: Keys
  keyStore: KeyStore
}

/** The bars of a home, for this process. */
export async function localSource(home: string): Promise<MarketSource> {
  return marketSource(await openDirectory(home), new BarCache(CACHE_BYTES))
}

/** Opens a home: its state, its bars (simulated ones where there are none) and its worker threads. */
export async function createLocalApplication(options: LocalOptions): Promise<LocalApplication> {
  const {
    home,
    thread,
    threads: size = availableParallelism(),
    spare = false,
    limits,
    quotas: quotaLimits = {},
    notify = notifySettingsOf({}),
    model,
    watchAlerts,
  } = options
  const objects = await openDirectory(home)
  await ensureBars(objects)
  const source = await localSource(home)
  const table = await openLocalTable(join(home, 'state'))
  const strategies = dynamodbStrategies(table)
  const quotas = dailyQuotas({ store: dynamodbQuotas(table), limits: quotaLimits, clock: systemClock })
  const keyStore = dynamodbKeys(table)
  const keys = keysOf({ keys: keyStore, quotas, clock: systemClock, newKeyId: newId, randomBytes })
  const host = newId()
  const runDeps: RunDeps = { runs: dynamodbRuns(table), results: objects, clock: systemClock, host }
  await failInterrupted(runDeps)
  const hosted = hostRuns(runDeps)
  const url = thread ?? new URL('./thread.mjs', import.meta.url)
  const data: ThreadData = { home, engine: await loadEngine(new URL('./engine.bin', url)), limits, warm: spare }
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
    catalog: (timeframe: Timeframe = '1d') => readCatalog(objects, timeframe),
    dataVersion: (timeframe?: Timeframe) => dataVersion(objects, timeframe),
    defects: (timeframe: Timeframe) => readDefects(objects, timeframe),
    strategies,
    clock: systemClock,
    cpuMs: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1_000
    },
  }

  const own = (owner: string, id: number, version?: number) => strategyOf(strategies, owner, id, version)
  const alerts = openLocalAlerts(table, { ...deps, strategy: own, sleep, newId }, notify)
  if (watchAlerts) alerts.start(watchAlerts)
  /** The threads, with the time their jobs take charged to an owner. */
  const charged = (owner: string): Engine => ({
    size,
    run: async (job, input) => {
      const started = systemClock()
      try {
        return await engine.run(job, input)
      } finally {
        await quotas.charge(owner, 'chunk_seconds', (systemClock() - started) / 1_000, newId())
      }
    },
  })
  const runOf = async (owner: string, performance: Performance, { idempotencyKey }: AskOptions = {}) => {
    const { mode, request } = performance
    const found = await own(owner, request.strategy_id, request.version)
    const version = await deps.dataVersion()
    // A screen and an alert say how many sessions have ended since their newest bar.
    const dated = mode === 'screening' || mode === 'alert'
    const moment = dated ? String(lastClosedSession(nyse, systemClock())) : undefined
    const ask = { owner, mode, strategy: found, request, dataVersion: version, moment, idempotencyKey }
    return hosted.withRun(ask, (progress) => {
      const engine = unlessStopped(charged(owner), progress)
      const ran = { runs: () => runDeps.runs.list(owner, MOST_RUNS) }
      return perform({ ...deps, ...ran, engine }, found, performance, progress)
    })
  }
  /** What names a creation under its key; `conflict` when the key came with another request. */
  const tokenOf = async (
    owner: string,
    mode: 'creation' | 'revision',
    request: object,
    { idempotencyKey: key }: AskOptions = {},
  ) => (key === undefined ? undefined : runUnderKey(runDeps, { owner, key, mode, request }, newId()))
  const day = (text: string | undefined, what: string) => (text === undefined ? undefined : toDay(text, what))

  const applicationOf = (owner: string): Application => ({
    createStrategy: async (request, options) => {
      const token = await tokenOf(owner, 'creation', request, options)
      const create: StrategyStore['create'] = (whose, draft) => strategies.create(whose, draft, token)
      return createStrategy({ ...deps, owner, strategies: { ...strategies, create }, model }, request)
    },
    reviseStrategy: async (id, { version, ...request }, options) => {
      const base = await own(owner, id, version)
      const token = await tokenOf(owner, 'revision', { strategy_id: id, version, ...request }, options)
      const revise: StrategyStore['revise'] = (whose, of, draft) => strategies.revise(whose, of, draft, token)
      return reviseStrategy({ ...deps, owner, strategies: { revise } }, base, request)
    },
    strategy: (id, version) => own(owner, id, version),
    strategies: () => strategies.list(owner),
    runBacktest: async (request, options) => done(await runOf(owner, { mode: 'backtest', request }, options)),
    estimateBacktest: async (request) =>
      estimateBacktest(deps, await own(owner, request.strategy_id, request.version), backtestAsk(request)),
    runScreener: async (request, options) => done(await runOf(owner, { mode: 'screening', request }, options)),
    runAlert: async (request, options) => done(await runOf(owner, { mode: 'alert', request }, options)),
    signals: async (request, options) => done(await runOf(owner, { mode: 'signals', request }, options)),
    explain: async (request, options) => done(await runOf(owner, { mode: 'explain', request }, options)),
    whyNot: async (request, options) => done(await runOf(owner, { mode: 'why_not', request }, options)),
    evaluateRule: (request) =>
      evaluateRule(deps, {
        ...request,
        from: day(request.start_date, 'start_date'),
        to: day(request.end_date, 'end_date'),
      }),
    storedBars: (request) => storedBars(deps, barWindows(request), request.timeframe),
    checkRule: async (text) => checkRule(text),
    run: (runId) => ownRun(runDeps.runs, owner, runId),
    runs: (limit) => runDeps.runs.list(owner, limit),
    runResult: async (runId) => {
      const bytes = await resultOf(objects, await ownRun(runDeps.runs, owner, runId))
      return done(JSON.parse(new TextDecoder().decode(bytes)))
    },
    cancelRun: (runId) => hosted.cancel(owner, runId),
    alerts: alerts.of(owner),
    health: async () => {
      const catalog = await deps.catalog()
      return { symbols: catalog?.symbols.length ?? 0, simulated: catalog?.simulated ?? false }
    },
    close: async () => {
      await alerts.close()
      await threads.close()
      await table.close()
    },
  })
  return {
    ...applicationOf(LOCAL_OWNER),
    of: (owner, requestId) => metered(applicationOf(owner), { owner, requestId, quotas }),
    keys,
    keyStore,
  }
}

/** The engine for a run: begins no job of one that was cancelled. */
const unlessStopped = ({ size, run }: Engine, { goOn }: RunProgress): Engine => ({
  size,
  run: async (job, input) => {
    goOn()
    return run(job, input)
  },
})

/** On one machine every call waits for its result. */
const done = <Result>(result: Result): { state: 'done'; result: Result } => ({ state: 'done', result })

/** Longest creating a strategy may take: what is slower on a sample is too slow to run. */
const PROOF_WALL_MS = 2 * 60_000
/** Longest a job may be at work between two evaluations, which have limits of their own. */
const SILENT_MS = 10 * 60_000
