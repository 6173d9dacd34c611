import { AppError } from '../core/errors.ts'
import { type RuleClauses, ruleClauses } from '../strategy/rule-clauses.ts'
import type { Expr, Rule } from './ast.ts'
import { checkBeforeOpen, readingOf, tooEarly } from './at.ts'
import { type Clause, checkExpression } from './check.ts'
import { CLAUSES, type ClauseKey, ruleClausesOf, tidyText } from './clause-text.ts'
import { parseExpression } from './parse.ts'
import { contains } from './tree.ts'

export { CLAUSES, type ClauseKey, printRule, ruleClausesOf } from './clause-text.ts'

/**
 * Parses and checks a rule given as text (one clause per line or separated by `;`, or a bare expression taken as SIGNAL)
 * or as JSON clauses. Throws `bad_rule`; `details` name the clause and the 1-based column in its text.
 */
export function parseRule(source: string | RuleClauses): Rule {
  const clauses = typeof source === 'string' ? ruleClausesOf(source) : validClauses(source)
  const timeframe = clauses.timeframe ?? '1d'
  if (clauses.signal === undefined && clauses.short === undefined)
    throw new AppError(
      'bad_rule',
      'The rule has neither SIGNAL nor SHORT: say what opens a position or selects a symbol.',
    )

  const read = (key: ClauseKey & Clause, text = clauses[key]): Expr | undefined => {
    if (text === undefined) return undefined
    return inClause(key, () => {
      const expr = parseExpression(text)
      checkExpression(expr, { clause: key, timeframe })
      return expr
    })
  }

  const rule: Rule = {
    clauses,
    timeframe,
    universe: read('universe') ?? { kind: 'name', name: 'stocks', at: 0 },
    ...present('signal', read('signal')),
    ...present('short', read('short')),
    ...present('exit', read('exit')),
    ...present('stop', read('stop')),
    ...present('target', target(clauses.target, read)),
    ...present('stopAfterTarget', read('stop_after_target')),
    ...present('trail', read('trail')),
    ...present('size', read('size')),
    ...present('rank', rank(clauses.rank, read)),
  }
  checkTogether(rule)
  return rule
}

function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V })
}

type Read = (key: 'target' | 'rank', text: string) => Expr | undefined

/** `[ NUMBER "%" "at" ] expr` */
function target(text: string | undefined, read: Read): { share: number; level: Expr } | undefined {
  if (text === undefined) return undefined
  const part = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*%\s*at\b/.exec(text)
  const share = part === null ? 1 : Number(`${part[1]}e-2`)
  if (!(share > 0 && share <= 1))
    throw new AppError('bad_rule', `TARGET: the part sold is more than 0% and at most 100%, found ${part![1]}%.`, {
      clause: 'TARGET',
      position: 1,
    })
  // blanks keep the columns of error messages those of the clause
  const level = read('target', part === null ? text : ' '.repeat(part[0].length) + text.slice(part[0].length))
  return { share, level: level! }
}

/** `x asc` or `x desc` */
function rank(text: string | undefined, read: Read): { by: Expr; order: 'asc' | 'desc' } | undefined {
  if (text === undefined) return undefined
  const order = /\s(asc|desc)\s*$/.exec(text)
  if (order === null)
    throw new AppError(
      'bad_rule',
      'RANK: say the order at its end: "x asc" (smallest first) or "x desc" (largest first).',
      {
        clause: 'RANK',
        position: text.length + 1,
        expected: 'asc or desc',
      },
    )
  return { by: read('rank', text.slice(0, order.index))!, order: order[1] as 'asc' | 'desc' }
}

/** What single clauses cannot show. */
function checkTogether(rule: Rule): void {
  const { clauses } = rule
  const intraday = rule.timeframe !== '1d'
  if (clauses.at !== undefined && !intraday)
    throw new AppError('bad_rule', 'AT needs intraday bars: add TF 5m (or 1m, 15m, 1h).', { clause: 'AT' })
  if (clauses.at !== undefined && rule.timeframe !== '1d') checkAt(rule, clauses.at, rule.timeframe)
  if (clauses.stop_after_target !== undefined && clauses.target === undefined)
    throw new AppError('bad_rule', 'STOP_AFTER_TARGET needs a TARGET.', { clause: 'STOP_AFTER_TARGET' })
  for (const [key, expr] of [
    ['exit', rule.exit],
    ['target', rule.target?.level],
    ['stop_after_target', rule.stopAfterTarget],
    ['trail', rule.trail],
    ['size', rule.size],
  ] as const) {
    if (expr !== undefined && rule.stop === undefined && contains(expr, isInitialRisk))
      throw new AppError(
        'bad_rule',
        `${CLAUSES[key].name}: initial_risk is entry_price less the first STOP; add a STOP.`,
        {
          clause: CLAUSES[key].name,
        },
      )
  }
}

/** Before the open a rule reads only what is known then. */
function checkAt(rule: Rule, at: string, timeframe: Exclude<Rule['timeframe'], '1d'>): void {
  const reading = readingOf(at, timeframe)
  if (reading === undefined) throw new AppError('bad_rule', tooEarly(at, timeframe), { clause: 'AT' })
  if (!reading.before) return
  for (const [key, expr] of [
    ['universe', rule.universe],
    ['signal', rule.signal],
    ['short', rule.short],
    ['rank', rule.rank?.by],
  ] as const)
    if (expr !== undefined) inClause(key, () => checkBeforeOpen(expr, at))
}

function isInitialRisk(expr: Expr): boolean {
  return expr.kind === 'name' && expr.name === 'initial_risk'
}

/** Runs a reading of one clause and puts its name before the message of what it throws. */
function inClause<T>(key: ClauseKey, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bad_rule') throw error
    const name = CLAUSES[key].name
    throw new AppError('bad_rule', `${name}, ${error.message.replace(/^C/, 'c')}`, {
      clause: name,
      ...(error.details as Record<string, unknown> | undefined),
    })
  }
}

function validClauses(source: unknown): RuleClauses {
  const parsed = ruleClauses.safeParse(source)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    const where = issue.path.join('.')
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : undefined
    throw new AppError(
      'bad_rule',
      unknown !== undefined
        ? `Unknown clause ${unknown.map((key) => `"${key}"`).join(', ')}. The clauses are ${Object.keys(CLAUSES).join(', ')}.`
        : `The rule is not valid${where === '' ? '' : ` at "${where}"`}: ${issue.message}.`,
      { clause: unknown?.[0] ?? where },
    )
  }
  const clauses: RuleClauses = {}
  for (const key of Object.keys(CLAUSES) as ClauseKey[]) {
    const value = parsed.data[key]
    if (value === undefined) continue
    const { valid, expected, name } = CLAUSES[key]
    const tidy = typeof value === 'string' ? tidyText(value) : value
    if (tidy === '') throw new AppError('bad_rule', `${name} is empty.`, { clause: name })
    if (valid !== undefined && !valid(String(tidy)))
      throw new AppError('bad_rule', `${name}: found ${JSON.stringify(tidy)}, expected ${expected}.`, { clause: name })
    Object.assign(clauses, { [key]: tidy })
  }
  return clauses
}
