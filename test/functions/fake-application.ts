import type { Application, CreateAnswer } from '../../functions/application.ts'
import { AppError } from '../../lib/core/errors.ts'
import { queuedRun } from '../adapters/run-store-contract.ts'
import { strategyDraft } from '../adapters/strategy-store-contract.ts'

export const STRATEGY = { ...strategyDraft(), strategy_id: 1, version: 1 }

export const BACKTEST = {
  success: true,
  strategy_id: 1,
  execution_mode: 'backtest',
  instances: [
    { ticker: 'KO', timestamp: 1_614_978_000_000, classification: true, entry_price: 50.25, future_return: 0.08 },
  ],
  summary: {
    total_instances: 1,
    positive_signals: 1,
    date_range: ['2019-04-22', '2021-04-21'],
    symbols_processed: 405,
  },
  performance_metrics: {
    average_return: 0.08,
    hit_rate: 1,
    sharpe_ratio: null,
    max_return: 0.08,
    positive_return_rate: 1,
    trades: 1,
    total_return: 0.0039,
    max_drawdown: 0.0125,
    reasons: { sharpe_ratio: 'fewer than two daily returns' },
  },
  receipt: {
    strategy_hash: 'a'.repeat(64),
    engine_version: '1',
    data_version: 'd'.repeat(64),
    simulated: false,
    coverage: {
      symbols: 405,
      bars_expected: 204_120,
      bars_got: 204_119,
      missing: [{ symbol: 'KO', dates: ['2020-03-09'], count: 1 }],
      last_bar: '2021-04-21',
      unknown_bars: 8_100,
      guest_errors: 0,
    },
    skipped: [{ symbol: 'ZZZ', reason: 'no bars in the range' }],
    fill: 'next_open',
    costs: { cash: 100_000, slots: 20, slippage_bps: 1, commission: 0 },
    chunks: 3,
    wall_ms: 1_234,
    cpu_ms: 2_345,
    cost_cents: 0.00412345,
    cost: {
      aws_estimate_cents: 0.0051,
      aws_estimate_parts: { lambda_chunk: 0.004, sqs: 0.0011 },
      cents: 0.00412345,
      parts: { lambda_chunk: 0.004, s3_requests: 0.00012345 },
      prices_as_of: '2025-11',
    },
    as_of: '2021-04-21T20:00:00.000Z',
  },
  assumptions: ['positions are held 5 sessions'],
  warnings: ['survivorship-biased'],
  run_id: 'run-1',
}

export const ESTIMATE = {
  strategy_id: 1,
  date_range: ['2019-04-22', '2021-04-21'],
  symbols: 405,
  bars: 420_000,
  jobs: 5,
  wall_seconds: 1.2,
  aws_estimate_cents: 0.0271,
  aws_estimate_parts: { lambda_chunk: 0.0231, sqs: 0.004 },
  prices_as_of: '2025-11',
  prices: 'AWS public list prices',
}

export const SCREEN = {
  success: true,
  strategy_id: 1,
  execution_mode: 'screening',
  ranked_results: [
    { symbol: 'NVDA', score: 0.89, current_price: 875.3, sector: 'Information Technology', data: { gap_percent: 4.2 } },
  ],
  scores: { NVDA: 0.89 },
  universe_size: 1000,
  receipt: { as_of: '2021-04-21' },
  assumptions: [],
  warnings: [],
  run_id: 'run-2',
}

export const ALERT = {
  success: true,
  strategy_id: 1,
  execution_mode: 'alert',
  alerts: [
    {
      symbol: 'ARM',
      type: 'strategy_signal',
      message: 'ARM triggered strategy alert',
      timestamp: '2024-01-15T09:35:00Z',
      priority: 'high',
      data: { current_price: 142.5, daily_change: 5.2 },
    },
  ],
  signals: { ARM: { signal: true, timestamp: '2024-01-15T09:35:00Z', current_price: 142.5 } },
  symbols_monitored: 1000,
  receipt: {},
  assumptions: [],
  warnings: [],
  run_id: 'run-3',
}

export const EXPLAINED = {
  success: true,
  strategy_id: 1,
  version: 1,
  symbol: 'KO',
  date: '2020-03-09',
  price: 51.5,
  verdicts: [{ side: 'long', verdict: 'no signal', reasons: ['the condition is false'] }],
  clauses: [
    {
      clause: 'SIGNAL',
      text: 'gap() > 3% and rvol(20) >= 1.5',
      holds: false,
      op: 'and',
      parts: [
        {
          text: 'gap() > 3%',
          holds: false,
          values: [
            { text: 'gap()', unit: 'fraction', value: 0.012 },
            { text: '3%', unit: 'fraction', value: 0.03 },
          ],
          inputs: [{ text: 'open', unit: 'price', value: 50.6 }],
          margin: { by: -0.018, share: -0.6, unit: 'fraction' },
        },
        { text: 'rvol(20) >= 1.5', holds: null, unknown: 'needs 21 bars, 7 stored', values: [], margin: null },
      ],
    },
  ],
  data: { gap_percent: 1.2, volume_ratio: null },
  receipt: {},
}

export const WHY_NOT = {
  success: true,
  strategy_id: 1,
  version: 1,
  date_range: ['2019-04-22', '2021-04-21'],
  symbols: 405,
  bars: 204_120,
  members: 203_616,
  funnels: [
    {
      side: 'long',
      clause: 'SIGNAL',
      bars: 203_616,
      signals: 0,
      unknown: 8_100,
      steps: [
        { condition: 'gap() > 3%', says: 'a gap', alone: 3_000, together: 3_000, unknown: 405, without: 900 },
        { condition: 'rvol(20) >= 1.5', says: 'volume', alone: 900, together: 0, unknown: 8_100, without: 3_000 },
      ],
      blocking: { step: 2, condition: 'rvol(20) >= 1.5', says: 'volume', signals_without: 3_000 },
      nearest_miss: { symbol: 'KO', date: '2020-03-09', short_by: 0.6, failed: [EXPLAINED.clauses[0].parts[0]] },
    },
  ],
  receipt: {},
}

export const SUBSCRIPTION = {
  subscription_id: '1.1.a',
  strategy_id: 1,
  strategy_version: 1,
  symbols: ['KO', 'PEP'],
  universe: null,
  channels: [{ kind: 'email' as const, address: 'ann@example.com' }, { kind: 'console' as const }],
  paused: false,
  paused_reason: null,
  created_at: '2026-11-22T12:00:00.000Z',
  failed_deliveries: 2,
  last_error: {
    at: '2026-11-23T21:05:00.000Z',
    fire_id: '1.1.2026-11-23.KO',
    message: 'ann@example.com: answered 550',
  },
}

export const EVALUATION = {
  day: '2026-11-24',
  outcome: 'stale' as const,
  reason: 'the newest bars are of 2026-11-24, 3 sessions behind',
  fires: 0,
  symbols_monitored: 0,
  unknown: 0,
  guest_errors: 0,
  at: '2026-11-30T12:00:00.000Z',
}

export interface FakeApplication extends Application {
  /** what was asked, in order: [method, request] */
  asked: [string, unknown][]
}

/** An Application that notes what it is asked and answers from constants; prompts and ids choose the answer. */
export function fakeApplication(changes: Partial<Application> = {}): FakeApplication {
  const asked: [string, unknown][] = []
  const note = <Answer>(method: string, request: unknown, answer: Answer) => {
    asked.push([method, request])
    return Promise.resolve(answer)
  }
  const known = async (id: number) => {
    if (id !== 1) throw new AppError('not_found', `There is no strategy ${id}. GET /strategies lists those there are.`)
  }
  const knownRun = async (id: string) => {
    if (id.startsWith('others')) throw new AppError('not_found', `There is no run ${id}. GET /runs lists yours.`)
  }
  return {
    asked,
    createStrategy: (request) => note('createStrategy', request, createAnswer(request.prompt)),
    async reviseStrategy(id, request) {
      await known(id)
      return note('reviseStrategy', { id, ...request }, createAnswer(request.change))
    },
    async strategy(id) {
      await known(id)
      return note('strategy', id, STRATEGY)
    },
    strategies: () => note('strategies', undefined, [STRATEGY]),
    async runBacktest(request) {
      await known(request.strategy_id)
      return note('runBacktest', request, done(BACKTEST))
    },
    async estimateBacktest(request) {
      await known(request.strategy_id)
      return note('estimateBacktest', request, ESTIMATE)
    },
    async runScreener(request) {
      await known(request.strategy_id)
      return note('runScreener', request, done(SCREEN))
    },
    async runAlert(request) {
      await known(request.strategy_id)
      return note('runAlert', request, done(ALERT))
    },
    signals: (request) =>
      note(
        'signals',
        request,
        done({ success: true, strategy_id: 1, signals: [{ symbol: 'KO', date: '2020-03-09', side: 'long' }] }),
      ),
    async explain(request) {
      await known(request.strategy_id)
      return note('explain', request, done(EXPLAINED))
    },
    async whyNot(request) {
      await known(request.strategy_id)
      return note('whyNot', request, done(WHY_NOT))
    },
    evaluateRule: (request) =>
      note('evaluateRule', request, {
        rows: [
          { date: '2020-03-09', value: null },
          { date: '2020-03-10', value: 31.5 },
        ],
      }),
    storedBars: (request) =>
      note('storedBars', request, {
        bars: [
          {
            symbol: 'KO',
            date: ['2020-03-09'],
            open: [52.5],
            high: [54.75],
            low: [52.1],
            close: [53.25],
            volume: [31_000_000],
            factor: [1],
          },
        ],
        missing: [],
      }),
    checkRule: (text) =>
      note('checkRule', text, { ok: true as const, rule: { expression: text }, lookback: 532, warnings: [] }),
    async run(id) {
      await knownRun(id)
      const result_key = `results/${id}/result.json`
      return note('run', id, queuedRun({ run_id: id, status: 'succeeded', result_key, strategy_id: 1 }))
    },
    runs: (limit) => note('runs', limit, [queuedRun({ status: 'running', chunks: 3, chunks_done: 2, strategy_id: 1 })]),
    runResult: (id) => note('runResult', id, done(BACKTEST)),
    async cancelRun(id) {
      await knownRun(id)
      const error = { code: 'cancelled', message: `Run ${id} was cancelled.` }
      return note('cancelRun', id, queuedRun({ run_id: id, status: 'failed', error }))
    },
    alerts: {
      async subscribe(request) {
        await known(request.strategy_id)
        return note('alerts.subscribe', request, {
          subscription: SUBSCRIPTION,
          webhook_secret: 'whsec_1',
          warnings: ['w'],
        })
      },
      list: () => note('alerts.list', undefined, [SUBSCRIPTION]),
      get: (id) =>
        note('alerts.get', id, { subscription: SUBSCRIPTION, evaluations: [EVALUATION], fires: [], warnings: [] }),
      pause: (id) => note('alerts.pause', id, { ...SUBSCRIPTION, paused: true }),
      resume: (id) => note('alerts.resume', id, SUBSCRIPTION),
      move: (id, version) =>
        note('alerts.move', { id, version }, { ...SUBSCRIPTION, subscription_id: '1.2.a', strategy_version: 2 }),
      remove: (id) => note('alerts.remove', id, undefined),
    },
    health: () => note('health', undefined, { status: 'ok' }),
    close: () => note('close', undefined, undefined),
    ...changes,
  }
}

/** A result that is there when it is answered. */
export const done = <Result>(result: Result) => ({ state: 'done' as const, result })

function createAnswer(prompt: string | undefined): CreateAnswer {
  if (prompt?.includes('good stocks'))
    return {
      status: 'questions',
      questions: ['What makes a stock good: its growth, its price, its trend?'],
      not_understood: ['good stocks'],
      assumptions: [],
    }
  if (prompt?.includes('will beat'))
    return { status: 'refused', reason: '"will beat" is the future.', offer: 'buy after earnings that beat' }
  if (prompt?.includes('differs')) {
    const proof = {
      ...STRATEGY.proof,
      verdict: 'different' as const,
      differences: 12,
      first_differences: [{ symbol: 'KO', date: '2020-03-09', what: 'signal' as const, rule: 'false', code: 'true' }],
    }
    return { status: 'different', proof, message: 'Rule and code differ on 12 bars.' }
  }
  return { status: 'created', strategy: STRATEGY }
}

/** The same as the API shows it: with its rule in plain sentences. */
export const STRATEGY_JSON = {
  ...STRATEGY,
  explanation: [
    'Among all stocks.',
    'Signal when the open is more than 3% above the close of the day before, and volume over its average of the 20 days before is at least 1.5.',
  ],
}
