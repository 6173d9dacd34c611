import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { Alerts } from '../lib/alerts/subscribe.ts'
import type { AskedSettings } from '../lib/backtest/settings-wire.ts'
import type { CreateAnswer, CreateRequest } from '../lib/generate/create.ts'
import type { ReviseRequest } from '../lib/generate/revise.ts'
import type { Timeframe } from '../lib/market/bars.ts'
import type { Run } from '../lib/runs/run.ts'
import type { EngineName } from '../lib/signals/columns-engine.ts'
import type { BarColumns } from '../lib/signals/stored-bars.ts'
import type { RuleClauses, Strategy } from '../lib/strategy/strategy.ts'

export type { CreateAnswer, CreateRequest, ReviseRequest }

/** With the settings of the account, flat beside the rest. */
export interface BacktestRequest extends AskedSettings {
  strategy_id: number
  /** the newest when absent, here and below */
  version?: number
  start_date?: string
  end_date?: string
  symbols?: string[]
  /** a UNIVERSE expression that replaces the rule's */
  universe?: string
  /** how many chunks to plan; chosen from the data when absent */
  chunks?: number
  /** what decides on each bar: the code in the sandbox (the default), or its proven rule on columns */
  engine?: EngineName
  /** whether a part that cannot be computed leaves a result without its symbols, which are named, in place of a failed run */
  partial?: boolean
  /** first day of the part that the strategy was not made on */
  out_of_sample?: string
  /** strategies tried before this one was chosen; those this owner has backtested when absent */
  trials?: number
  /** whether the run is done again with the future cut off, and compared */
  recheck?: boolean
  /** any text: the run is computed anew for each, whatever results are stored; it is no part of the result */
  fresh?: string
}

export interface ScreenRequest {
  strategy_id: number
  version?: number
  universe?: string[] | string
  limit?: number
  as_of?: string
}

export interface AlertRequest {
  strategy_id: number
  version?: number
  symbols?: string[]
  as_of?: string
}

export interface SignalsRequest {
  strategy_id: number
  version?: number
  start_date: string
  end_date: string
  side?: 'long' | 'short'
  symbols?: string[]
}

export interface ExplainRequest {
  strategy_id: number
  version?: number
  symbol: string
  /** the symbol's last stored one when absent */
  date?: string
}

export interface WhyNotRequest {
  strategy_id: number
  version?: number
  symbols?: string[]
  universe?: string
  start_date?: string
  end_date?: string
}

export interface RuleEvalRequest {
  expression: string
  symbol: string
  start_date?: string
  end_date?: string
  /** bar size; daily when absent */
  timeframe?: Timeframe
}

export interface BarsRequest {
  windows: { symbol: string; start_date: string; end_date: string }[]
  /** bar size; daily when absent */
  timeframe?: Timeframe
}

export interface AskOptions {
  /** the same key of the same owner is the same run, whatever was stored since; `conflict` when it came with another request */
  idempotencyKey?: string
}

/**
 * What asking for a run comes to: its result; a run that goes on by itself and is asked for again; or, when the result is too large
 * for an answer, where the same JSON is read without a key, and its size. `again`: the run was made by an earlier request.
 */
export type RunAnswer =
  | { state: 'done'; result: Record<string, unknown> }
  | { state: 'under way'; run: Run; again: boolean }
  | { state: 'stored'; run: Run; url: string; bytes: number; again: boolean }

/** Everything the handlers may ask for on behalf of one owner. Failures are thrown as AppError. */
export interface Application {
  createStrategy(
    request: CreateRequest,
    options?: AskOptions,
  ): Promise<CreateAnswer | { status: 'under way'; run: Run }>
  /** A new version beside the one named, the newest when none is. */
  reviseStrategy(
    strategyId: number,
    request: ReviseRequest & { version?: number },
    options?: AskOptions,
  ): Promise<CreateAnswer | { status: 'under way'; run: Run }>
  strategy(strategyId: number, version?: number): Promise<Strategy>
  strategies(): Promise<Strategy[]>
  /** The guide's answer (success, strategy_id, execution_mode, ...) with receipt, assumptions, warnings. */
  runBacktest(request: BacktestRequest, options?: AskOptions): Promise<RunAnswer>
  /** What that backtest would cost on AWS, by part; nothing is run. */
  estimateBacktest(request: BacktestRequest): Promise<Record<string, unknown>>
  runScreener(request: ScreenRequest, options?: AskOptions): Promise<RunAnswer>
  runAlert(request: AlertRequest, options?: AskOptions): Promise<RunAnswer>
  /** `{success, strategy_id, signals: [{symbol, date, side}]}`, of intraday bars with `time` and `timestamp` */
  signals(request: SignalsRequest, options?: AskOptions): Promise<RunAnswer>
  /** Each condition on one bar of a symbol, with its values and how far it is from its threshold. */
  explain(request: ExplainRequest, options?: AskOptions): Promise<RunAnswer>
  /** How many bars each condition lets through, which one blocks most, and the nearest miss. */
  whyNot(request: WhyNotRequest, options?: AskOptions): Promise<RunAnswer>
  evaluateRule(request: RuleEvalRequest): Promise<{ rows: { date: string; time?: string; value: number | null }[] }>
  /** Bars of at most 500 windows of days, as traded; symbols without any are named. */
  storedBars(request: BarsRequest): Promise<{ bars: BarColumns[]; missing: string[] }>
  checkRule(text: string): Promise<{
    ok: true
    rule: RuleClauses | { expression: string }
    lookback: number | 'whole history'
    warnings: string[]
  }>
  run(runId: string): Promise<Run>
  runs(limit: number): Promise<Run[]>
  /** The stored result of a run, of a creation its CreateAnswer; a failed run throws the error it failed with. */
  runResult(runId: string): Promise<RunAnswer>
  /** Ends a run that is queued or running as failed with `cancelled`; `conflict` when it has ended. */
  cancelRun(runId: string): Promise<Run>
  /** Who is told of fires, and how. */
  alerts: Alerts
  health(): Promise<Record<string, unknown>>
  close(): Promise<void>
}

/** The application of whoever sent an event; throws `unauthorized` or `forbidden` when that is no owner. */
export type AppOf = (event: APIGatewayProxyEventV2) => Application
