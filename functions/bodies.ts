import * as z from 'zod'
import { channelShape, MOST_CHANNELS } from '../lib/alerts/channel.ts'
import { parseDay } from '../lib/core/days.ts'
import { TIMEFRAMES } from '../lib/market/bars.ts'
import { isMoment } from '../lib/market/new-york.ts'
import { ENGINES } from '../lib/signals/columns-engine.ts'
import { ruleClauses } from '../lib/strategy/rule-clauses.ts'

/** The shapes of what is sent to the API; a field that is not named here is refused. */

export const PROMPT_CHARACTERS = 4_000
const RULE_CHARACTERS = 20_000
const CODE_CHARACTERS = 102_400
const NAME_CHARACTERS = 200
const FRESH_CHARACTERS = 100
const EXPRESSION_CHARACTERS = 4_000
const MOST_SYMBOLS = 20_000
const MOST_RESULTS = 100_000
const MOST_MONEY = 1e15
/** a year, as a fraction of the value */
const MOST_BORROW_RATE = 10
const MOST_TRIALS = 1_000_000_000

// Checked, never trimmed: a prompt is kept as it was written.
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((words) => words.trim() !== '', 'is empty. Write something, or leave it out.')
const date = z
  .string()
  .refine((day) => !Number.isNaN(parseDay(day)), 'is not a date of the calendar. Write YYYY-MM-DD.')
/** A day, or for intraday strategies a time of one. */
const moment = z
  .string()
  .refine(
    isMoment,
    'is not a date of the calendar, nor a time of one. Write YYYY-MM-DD, or YYYY-MM-DD HH:MM (New York) for a rule on intraday bars.',
  )
const symbol = z
  .string()
  .regex(/^[A-Za-z0-9^][\w.^=/-]{0,31}$/, 'is no symbol. Write it as in the data, such as BRK.B.')
const symbols = z.array(symbol).min(1).max(MOST_SYMBOLS)
const strategyId = z.int().positive()
const limit = z.int().min(1).max(MOST_RESULTS)

/** Refuses a window that ends before it starts. */
function inOrder({ start_date: start, end_date: end }: Window, context: z.core.$RefinementCtx): void {
  if (start === undefined || end === undefined || parseDay(start) <= parseDay(end)) return
  const message = `${end} is before start_date ${start}. Exchange them.`
  context.addIssue({ code: 'custom', path: ['end_date'], message })
}

interface Window {
  start_date?: string
  end_date?: string
}

const rule = z.union([
  text(RULE_CHARACTERS),
  ruleClauses.refine(
    (clauses) => JSON.stringify(clauses).length <= RULE_CHARACTERS,
    'is longer than 20000 characters.',
  ),
])

export const createBody = z
  .strictObject({
    prompt: text(PROMPT_CHARACTERS).optional(),
    rule: rule.optional(),
    code: text(CODE_CHARACTERS).optional(),
    name: text(NAME_CHARACTERS).optional(),
  })
  .superRefine(({ prompt, rule, code }, context) => {
    const given = prompt !== undefined || rule !== undefined || code !== undefined
    const both = prompt !== undefined && (rule !== undefined || code !== undefined)
    if (!given || both)
      context.addIssue({
        code: 'custom',
        message: `${both ? 'holds a prompt beside a rule or code' : 'holds no strategy'}. Give prompt, or rule, or code, or rule with the code to prove against it.`,
      })
  })

export const reviseBody = z
  .strictObject({
    version: z.int().positive().max(999_999).optional(),
    change: text(PROMPT_CHARACTERS).optional(),
    rule: rule.optional(),
    code: text(CODE_CHARACTERS).optional(),
    name: text(NAME_CHARACTERS).optional(),
  })
  .superRefine(({ change, rule, code }, context) => {
    const given = change !== undefined || rule !== undefined || code !== undefined
    const both = change !== undefined && (rule !== undefined || code !== undefined)
    if (!given || both)
      context.addIssue({
        code: 'custom',
        message: `${both ? 'holds a change in words beside a rule or code' : 'holds no change'}. Give change, or rule, or code, or rule with the code to prove against it.`,
      })
  })

const window = { start_date: date.optional(), end_date: date.optional() }

/** A strategy's newest version, or the one named. */
const which = { strategy_id: strategyId, version: z.int().positive().max(999_999).optional() }

const number = (words: string, holds: (value: number) => boolean) =>
  z.number().refine(holds, { error: ({ input }) => `must be ${words}, not ${input}.` })
const from0 = (most: number) => z.number().min(0).max(most)

/** How the account of a backtest trades. */
const settings = {
  cash: number(`more than 0 and ${MOST_MONEY} at most`, (cash) => cash > 0 && cash <= MOST_MONEY).optional(),
  commission: number('a fraction of the value from 0 to below 1', (part) => part >= 0 && part < 1).optional(),
  commission_on: z.enum(['entry', 'exit', 'both']).optional(),
  commission_per_share: from0(MOST_MONEY).optional(),
  commission_minimum: from0(MOST_MONEY).optional(),
  slippage_bps: number('from 0 to below 10000', (bps) => bps >= 0 && bps < 10_000).optional(),
  slippage_range: from0(1).optional(),
  volume_share: number('a part of the volume above 0, 1 at most', (part) => part > 0 && part <= 1).optional(),
  borrow_rate: from0(MOST_BORROW_RATE).optional(),
  max_positions: z.int().min(1).max(MOST_SYMBOLS).optional(),
  fill: z.enum(['next_open', 'close']).optional(),
  end_positions: z.enum(['mark', 'close_open', 'close_last']).optional(),
  benchmark: symbol.optional(),
  fractional: z.boolean().optional(),
}

const backtest = {
  ...settings,
  out_of_sample: date.optional(),
  trials: z.int().min(1).max(MOST_TRIALS).optional(),
  recheck: z.boolean().optional(),
  fresh: text(FRESH_CHARACTERS).optional(),
  ...which,
  ...window,
  symbols: symbols.optional(),
  universe: text(RULE_CHARACTERS).optional(),
  chunks: z.int().min(1).max(1_000).optional(),
  engine: z.enum(ENGINES).optional(),
  partial: z.boolean().optional(),
}
const screener = {
  ...which,
  universe: z.union([symbols, text(RULE_CHARACTERS)]).optional(),
  limit: limit.optional(),
  as_of: moment.optional(),
}
const alert = { ...which, symbols: symbols.optional(), as_of: moment.optional() }

export const subscribeBody = z.strictObject({
  strategy_id: strategyId,
  version: z.int().positive().optional(),
  symbols: symbols.optional(),
  universe: text(RULE_CHARACTERS).optional(),
  channels: z.array(channelShape).min(1).max(MOST_CHANNELS),
})

export const moveBody = z.strictObject({ version: z.int().positive().max(999_999).optional() })

export const backtestBody = z.strictObject(backtest).superRefine(inOrder)
export const screenerBody = z.strictObject(screener)
export const alertBody = z.strictObject(alert)

export const explainBody = z.strictObject({ ...which, symbol, date: date.optional() })

export const whyNotBody = z
  .strictObject({ ...which, ...window, symbols: symbols.optional(), universe: text(RULE_CHARACTERS).optional() })
  .superRefine(inOrder)

/** The owner's guide sends all three modes to one path. */
export const executeBody = z.discriminatedUnion(
  'function',
  [
    z.strictObject({ function: z.literal('run_backtest'), ...backtest }).superRefine(inOrder),
    z.strictObject({ function: z.literal('run_screener'), ...screener }),
    z.strictObject({ function: z.literal('run_alert'), ...alert }),
  ],
  { error: 'must be "run_backtest", "run_screener" or "run_alert".' },
)

const signals = { start_date: date, end_date: date, side: z.enum(['long', 'short']).optional() }

export const signalsBody = z.strictObject({ ...which, ...signals, symbols: symbols.optional() }).superRefine(inOrder)

/** Numbers and lists as a query string spells them: `limit=5`, `symbols=KO,PEP`. */
const numberInQuery = (schema: z.ZodType<number, number>) =>
  z
    .string()
    .regex(/^-?\d{1,15}$/, 'must be a whole number in digits.')
    .transform(Number)
    .pipe(schema)
const listInQuery = z
  .string()
  .transform((words) => words.split(','))
  .pipe(symbols)

export const signalsQuery = z
  .strictObject({
    strategy_id: numberInQuery(strategyId),
    version: numberInQuery(z.int().positive().max(999_999)).optional(),
    ...signals,
    symbols: listInQuery.optional(),
  })
  .superRefine(inOrder)

export const strategyQuery = z.strictObject({ version: numberInQuery(z.int().positive().max(999_999)).optional() })

export const runsQuery = z.strictObject({ limit: numberInQuery(z.int().min(1).max(1_000)).default(20) })

/** For requests that take no query. */
export const noQuery = z.strictObject({})

export const ruleEvalBody = z
  .strictObject({
    expression: text(EXPRESSION_CHARACTERS),
    symbol,
    ...window,
    timeframe: z.enum(TIMEFRAMES).optional(),
  })
  .superRefine(inOrder)

const MOST_WINDOWS = 500

export const barsBody = z.strictObject({
  windows: z
    .array(z.strictObject({ symbol, start_date: date, end_date: date }).superRefine(inOrder))
    .min(1)
    .max(MOST_WINDOWS),
  timeframe: z.enum(TIMEFRAMES).optional(),
})

export const ruleCheckBody = z.strictObject({ rule: text(RULE_CHARACTERS) })

/** Owners whose keys an operator makes. No colon and no #: those part the owners of other kinds and the table's keys. */
const keyOwner = z
  .string()
  .regex(/^[A-Za-z0-9][\w.@-]{0,63}$/, 'is no owner: 1 to 64 letters, digits and . _ @ -, the first a letter or digit.')

export const keyBody = z.strictObject({
  name: text(NAME_CHARACTERS),
  owner: keyOwner.optional(),
  expires_in_days: z.int().min(1).max(3_650).optional(),
})
