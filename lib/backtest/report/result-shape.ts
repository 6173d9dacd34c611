import * as z from 'zod'

/** What the report reads of a backtest's result; what is absent is said to be absent, what is unknown is left alone. */

const number = z.number().nullable().catch(null)
const text = z.string().nullable().catch(null)
const texts = z.array(z.string()).catch([])
const record = z.record(z.string(), z.unknown()).catch({})
const count = z.number().catch(0)

const trade = z.looseObject({
  symbol: z.string(),
  side: z.enum(['long', 'short']).catch('long'),
  signal_date: text,
  entry_date: z.string(),
  entry_price: number,
  shares: number,
  exit_date: text,
  exit_price: number,
  exit_reason: text,
  bars_held: count,
  pnl: number,
  return: number,
  dividends: number,
  commission: number,
  slippage: number,
  borrow: number,
  stop: number,
  target: number,
  mae: number,
  mfe: number,
  pair: text,
  entry_time: number,
  exit_time: number,
  executions: z.array(z.looseObject({ date: z.string(), price: number, shares: number, reason: text })).catch([]),
})
export type ReportTrade = z.infer<typeof trade>

const instance = z.looseObject({
  ticker: z.string().catch(''),
  date: z.string().catch(''),
  classification: z.boolean().catch(true),
  side: z.enum(['long', 'short']).catch('long'),
  future_return: number,
})
export type ReportInstance = z.infer<typeof instance>

const drawdown = z.looseObject({
  peak_date: text,
  trough_date: text,
  recovery_date: text,
  depth: number,
  sessions: number,
  days: number,
})
export type ReportDrawdown = z.infer<typeof drawdown>

const verdict = z.looseObject({ words: z.string(), level: z.string().catch(''), reasons: texts })

/** Throws ZodError for JSON that is no backtest's. */
export const reportResult = z.looseObject({
  strategy_id: z.number(),
  execution_mode: z.literal('backtest'),
  run_id: z.string().optional().catch(undefined),
  instances: z.array(instance).catch([]),
  summary: z
    .looseObject({ total_instances: count, date_range: texts, symbols_processed: count })
    .catch({ total_instances: 0, date_range: [], symbols_processed: 0 }),
  performance_metrics: z.looseObject({
    reasons: z.record(z.string(), z.string()).catch({}),
    definitions: z
      .record(z.string(), z.looseObject({ formula: z.string(), frequency: z.string().catch(''), periods: number }))
      .catch({}),
  }),
  portfolio: z.looseObject({
    signals: z.record(z.string(), z.number()).catch({}),
    equity_curve: z.looseObject({
      date: z.array(z.string()),
      equity: z.array(number),
      benchmark: z.array(number).optional().catch(undefined),
    }),
    trades: z.array(trade),
    returns_by_month: z
      .array(z.looseObject({ month: z.string(), return: number }))
      .optional()
      .catch(undefined),
    returns_by_year: z
      .array(z.looseObject({ year: z.union([z.string(), z.number()]), return: number }))
      .optional()
      .catch(undefined),
    drawdowns: z.array(drawdown).optional().catch(undefined),
  }),
  benchmark: z.looseObject({ kind: text, symbol: text, note: text, total_return: number }).nullish().catch(undefined),
  honesty: z
    .looseObject({ verdict: verdict.optional().catch(undefined) })
    .nullish()
    .catch(undefined),
  claims: record.nullish().catch(undefined),
  receipt: record,
  assumptions: texts,
  warnings: texts,
})
export type ReportResult = z.infer<typeof reportResult>
