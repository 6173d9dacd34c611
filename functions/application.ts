import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { Alerts } from '../lib/alerts/subscribe.ts'
import type { CreateAnswer, CreateRequest } from '../lib/generate/create.ts'
import type { Run } from '../lib/runs/run.ts'
import type { EngineName } from '../lib/signals/columns-engine.ts'
import type { RuleClauses, Strategy } from '../lib/strategy/strategy.ts'

export type { CreateAnswer, CreateRequest }

export interface BacktestRequest {
  strategy_id: number
  start_date?: string
  end_date?: string
  symbols?: string[]
  /** a UNIVERSE expression that replaces the rule's */
  universe?: string
  /** how many chunks to plan; chosen from the data when absent */
  chunks?: number
  /** what decides on each bar: the code in the sandbox (the default), or its proven rule on columns */
  engine?: EngineName
}

export interface ScreenRequest {
  strategy_id: number
  universe?: string[] | string
  limit?: number
  as_of?: string
}

export interface AlertRequest {
  strategy_id: number
  symbols?: string[]
  as_of?: string
}

export interface SignalsRequest {
  strategy_id: number
  start_date: string
  end_date: string
  side?: 'long' | 'short'
  symbols?: string[]
}

export interface RuleEvalRequest {
  expression: string
  symbol: string
  start_date?: string
  end_date?: string
}

/** Everything the handlers may ask for on behalf of one owner. Failures are thrown as AppError. */
export interface Application {
  createStrategy(request: CreateRequest): Promise<CreateAnswer>
  strategy(strategyId: number): Promise<Strategy>
  strategies(): Promise<Strategy[]>
  /** The guide's answer (success, strategy_id, execution_mode, ...) with receipt, assumptions, warnings. */
  runBacktest(request: BacktestRequest): Promise<Record<string, unknown>>
  runScreener(request: ScreenRequest): Promise<Record<string, unknown>>
  runAlert(request: AlertRequest): Promise<Record<string, unknown>>
  signals(request: SignalsRequest): Promise<{ rows: { symbol: string; date: string; side: 'long' | 'short' }[] }>
  evaluateRule(request: RuleEvalRequest): Promise<{ rows: { date: string; value: number | null }[] }>
  checkRule(text: string): Promise<{
    ok: true
    rule: RuleClauses | { expression: string }
    lookback: number | 'whole history'
    warnings: string[]
  }>
  run(runId: string): Promise<Run>
  runs(limit: number): Promise<Run[]>
  /** The stored result of a finished run. */
  runResult(runId: string): Promise<Record<string, unknown>>
  /** Who is told of fires, and how. */
  alerts: Alerts
  health(): Promise<Record<string, unknown>>
  close(): Promise<void>
}

/** The application of whoever sent an event; throws `unauthorized` or `forbidden` when that is no owner. */
export type AppOf = (event: APIGatewayProxyEventV2) => Application
