/** The composition root of the API on AWS: what an owner may ask for, answered from the table, the buckets and the queues. */
import type { Quotas } from '../lib/access/quotas.ts'
import { dynamodbRuns } from '../lib/adapters/aws/dynamodb-runs.ts'
import { dynamodbStrategies } from '../lib/adapters/aws/dynamodb-strategies.ts'
import { objectBytes, signedLink } from '../lib/adapters/aws/s3-link.ts'
import { sleep, systemClock } from '../lib/adapters/local/clock.ts'
import type { Alerts } from '../lib/alerts/subscribe.ts'
import { estimateBacktest } from '../lib/backtest/estimate.ts'
import { toDay } from '../lib/core/days.ts'
import { lastClosedSession, nyse } from '../lib/market/calendar.ts'
import { cancelRun } from '../lib/runs/cancel.ts'
import { cachedResult } from '../lib/runs/lifecycle.ts'
import { failureOf, ownRun, type RunAsk, resultOf } from '../lib/runs/open.ts'
import { askedRun } from '../lib/runs/queued.ts'
import { hasEnded, type Run } from '../lib/runs/run.ts'
import { checkRule, evaluateRule } from '../lib/signals/evaluate.ts'
import { storedBars } from '../lib/signals/stored-bars.ts'
import { strategyOf } from '../lib/strategy/store.ts'
import type { Application, AskOptions, CreateAnswer, RunAnswer } from './application.ts'
import { advanceQueuesOf, type Env, resultsBucketOf, resultsOf, tableOf } from './aws.ts'
import { openBars, quotasIn, SIDE_BY_SIDE } from './aws-data.ts'
import { type Log, plainLog } from './log.ts'
import { metered } from './metered.ts'
import { backtestAsk, barWindows } from './perform.ts'

/** How long a call waits for its run: an HTTP API gives up after 30 s. */
const WAIT_MS = 25_000
/** The largest result that an answer holds. */
const INLINE_BYTES = 5_000_000
/** A Lambda's whole answer may have 6 MB, in which the body is a text: each of its quotes takes two bytes. The rest is for the run beside it. */
const ANSWER_BYTES = 5_400_000
/** How long a signed link leads to its result. */
const LINK_SECONDS = 3_600

const MACHINES = { queued: true, size: SIDE_BY_SIDE }

/** A part that is made when it is first asked for: each function is given only what it uses. */
export function once<Part>(make: () => Part): () => Part {
  let made: { part: Part } | undefined
  return () => {
    made ??= { part: make() }
    return made.part
  }
}

/** What a deployment answers its owners; `alerts` gives those of one. */
export function awsApplication(
  env: Env,
  alerts?: (owner: string) => Alerts,
  log: Log = plainLog,
): { of(owner: string, requestId: string): Application } {
  const table = once(() => tableOf(env))
  const runs = once(() => dynamodbRuns(table()))
  const strategies = once(() => dynamodbStrategies(table()))
  const results = once(() => resultsOf(env))
  const bucket = once(() => resultsBucketOf(env))
  const bars = once(() => openBars(env))
  const quotas = once(() => quotasIn(table(), env))
  const advance = once(() => advanceQueuesOf(env))

  /** What an ended run left, or that it goes on. `again`: it was made by an earlier request. */
  async function answerOf(run: Run, again: boolean): Promise<RunAnswer> {
    if (!hasEnded(run)) return { state: 'under way', run, again }
    if (run.status === 'failed') throw failureOf(run)
    const bytes = run.result_key === null ? undefined : await objectBytes(bucket(), run.result_key)
    const elsewhere = async (size: number): Promise<RunAnswer> => {
      const url = await signedLink(bucket(), run.result_key!, LINK_SECONDS)
      return { state: 'stored', run, url, bytes: size, again }
    }
    if (bytes !== undefined && bytes > INLINE_BYTES) return elsewhere(bytes)
    const stored = await resultOf(results(), run)
    if (asText(stored) > ANSWER_BYTES) return elsewhere(stored.byteLength)
    const result = again ? cachedResult(stored, run, systemClock()) : JSON.parse(new TextDecoder().decode(stored))
    return { state: 'done', result }
  }

  async function asked(ask: Omit<RunAsk, 'dataVersion'>): Promise<RunAnswer> {
    const deadline = systemClock() + WAIT_MS
    const { dataVersion } = bars()
    const deps = { runs: runs(), results: results(), advance: advance(), dataVersion, clock: systemClock, sleep }
    const { run, isNew } = await askedRun(deps, ask, deadline)
    const { run_id, mode, strategy_id, status } = run
    log({ what: 'asked', run_id, mode, strategy_id, status, is_new: isNew })
    return answerOf(run, !isNew)
  }

  async function modeOf(
    owner: string,
    mode: RunAsk['mode'],
    request: { strategy_id: number; version?: number },
    options?: AskOptions,
  ): Promise<RunAnswer> {
    const strategy = await strategyOf(strategies(), owner, request.strategy_id, request.version)
    // A screen and an alert say how many sessions have ended since their newest bar.
    const dated = mode === 'screening' || mode === 'alert'
    const moment = dated ? String(lastClosedSession(nyse, systemClock())) : undefined
    return asked({ owner, mode, strategy, request, moment, ...options })
  }

  const day = (text: string | undefined, what: string) => (text === undefined ? undefined : toDay(text, what))

  const applicationOf = (owner: string, requestId: string): Application => ({
    async createStrategy(request, options) {
      // Words said twice are meant twice, unless they come with one key.
      const answer = await asked({ owner, mode: 'creation', request, moment: requestId, ...options })
      if (answer.state === 'done') return answer.result as unknown as CreateAnswer
      return { status: 'under way', run: answer.run }
    },
    async reviseStrategy(id, request, options) {
      // The run keeps which version it revises: performed again, it is still that one, whatever is the newest by then.
      const strategy = await strategyOf(strategies(), owner, id, request.version)
      const answer = await asked({ owner, mode: 'revision', strategy, request, moment: requestId, ...options })
      if (answer.state === 'done') return answer.result as unknown as CreateAnswer
      return { status: 'under way', run: answer.run }
    },
    strategy: (id, version) => strategyOf(strategies(), owner, id, version),
    strategies: () => strategies().list(owner),
    runBacktest: (request, options) => modeOf(owner, 'backtest', request, options),
    estimateBacktest: async (request) =>
      estimateBacktest(
        { ...bars(), engine: MACHINES },
        await strategyOf(strategies(), owner, request.strategy_id, request.version),
        backtestAsk(request),
      ),
    runScreener: (request, options) => modeOf(owner, 'screening', request, options),
    runAlert: (request, options) => modeOf(owner, 'alert', request, options),
    signals: (request, options) => modeOf(owner, 'signals', request, options),
    explain: (request, options) => modeOf(owner, 'explain', request, options),
    whyNot: (request, options) => modeOf(owner, 'why_not', request, options),
    evaluateRule: (request) =>
      evaluateRule(bars(), {
        ...request,
        from: day(request.start_date, 'start_date'),
        to: day(request.end_date, 'end_date'),
      }),
    storedBars: (request) => storedBars(bars(), barWindows(request), request.timeframe),
    checkRule: async (text) => checkRule(text),
    run: (runId) => ownRun(runs(), owner, runId),
    runs: (limit) => runs().list(owner, limit),
    runResult: async (runId) => answerOf(await ownRun(runs(), owner, runId), false),
    cancelRun: (runId) => cancelRun({ runs: runs(), clock: systemClock }, owner, runId),
    // The other functions serve no route of alerts.
    alerts: alerts?.(owner) ?? ({} as Alerts),
    health: async () => {
      const catalog = await bars().catalog()
      return { symbols: catalog?.symbols.length ?? 0, simulated: catalog?.simulated ?? false }
    },
    close: async () => {},
  })

  const counted: Quotas = {
    reserve: (...use) => quotas().reserve(...use),
    release: (...use) => quotas().release(...use),
    charge: (...use) => quotas().charge(...use),
    require: (...use) => quotas().require(...use),
  }
  return { of: (owner, requestId) => metered(applicationOf(owner, requestId), { owner, requestId, quotas: counted }) }
}

/** How many bytes a JSON takes as a text within JSON. */
function asText(json: Uint8Array): number {
  let bytes = json.byteLength
  for (const byte of json) if (byte === 0x22 || byte === 0x5c) bytes++
  return bytes
}
