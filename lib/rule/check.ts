import { type SeriesSignature, signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { checkCompare, checkIn } from './check-text.ts'
import { definitionOf } from './derived.ts'
import { instead } from './names.ts'
import { type CheckContext, type Clause, enter, insideProblem, type Scope, type ValueType } from './scope.ts'
import { ruleError } from './tokens.ts'

export type { CheckContext, Clause, ValueType }

const CONDITION_CLAUSES: ReadonlySet<Clause> = new Set<Clause>(['universe', 'signal', 'short', 'exit'])
/** Longest window; rising and falling write out every comparison and stop sooner. */
export const MAX_WINDOW = 100_000
const MAX_RUN = 500
/** These yield what their argument yields: `wk(close > open)` is a condition. */
const AS_ARGUMENT: ReadonlySet<string> = new Set(['wk', 'mo', 'pd', 'on', 'entry', 'ly', 'pq'])

/**
 * Checks names, argument counts, windows, types and places of a parsed expression and returns its type. Throws
 * `bad_rule` with the 1-based column, and the closest name where one is unknown.
 */
export function checkExpression(expr: Expr, context: CheckContext): ValueType {
  const type = typeIn(expr, { context, inside: [] })
  if (context.clause === 'value') return type
  if (type === 'text') ruleError("a text is not a value here; compare it: sector == 'Energy'.", expr.at)
  if (CONDITION_CLAUSES.has(context.clause)) needCondition(expr, type, 'This clause')
  return type
}

/** The type of an expression that has passed the check in some clause. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'compare':
    case 'in':
    case 'not':
    case 'and':
    case 'or':
      return 'condition'
    case 'ago':
      return typeOf(expr.of)
    case 'name':
      return signature(expr.name, false)?.yields ?? 'number'
    case 'call':
      if (AS_ARGUMENT.has(expr.name)) return typeOf(expr.args.at(-1)!)
      return signature(expr.name, true)?.yields ?? 'number'
    case 'string':
      return 'text'
    default:
      return 'number'
  }
}

/** The type of a part, in its scope. */
function typeIn(expr: Expr, scope: Scope): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'number'
    case 'string':
      return ruleError(
        `the string '${expr.value}' stands alone; strings compare with symbol, sector or industry.`,
        expr.at,
        { found: expr.value },
      )
    case 'name':
      return nameType(expr, scope)
    case 'call':
      return callType(expr, scope)
    case 'ago': {
      const type = typeIn(expr.of, enter(scope, '[k]'))
      if (type === 'text') ruleError('symbol, sector and industry have no history: leave out [k].', expr.at)
      return type
    }
    case 'negate':
      needNumber(expr.of, typeIn(expr.of, scope))
      return 'number'
    case 'arithmetic':
      needNumber(expr.left, typeIn(expr.left, scope))
      needNumber(expr.right, typeIn(expr.right, scope))
      return 'number'
    case 'compare':
      checkCompare(expr, scope, typeIn)
      return 'condition'
    case 'in':
      checkIn(expr, scope, typeIn)
      return 'condition'
    case 'not':
      needCondition(expr.of, typeIn(expr.of, scope), '"not"')
      return 'condition'
    case 'and':
    case 'or':
      for (const part of expr.parts) needCondition(part, typeIn(part, scope), `"${expr.kind}"`)
      return 'condition'
  }
}

function needNumber(expr: Expr, type: ValueType): void {
  if (type === 'text') ruleError('a text is not a number.', expr.at, { expected: 'a number', found: 'a text' })
}

function needCondition(expr: Expr, type: ValueType, who: string): void {
  if (type !== 'condition')
    ruleError(`${who} takes a condition, and this is a ${type}: compare it with something, such as "> 0".`, expr.at, {
      expected: 'a condition',
      found: `a ${type}`,
    })
}

function nameType(expr: Expr & { kind: 'name' }, scope: Scope): ValueType {
  const known = signature(expr.name, false)
  if (known === undefined) {
    const asCall = signature(expr.name, true)
    if (asCall !== undefined)
      ruleError(`${expr.name} needs its arguments: ${written(asCall)}.`, expr.at, {
        found: expr.name,
        expected: written(asCall),
      })
    return unknownName(expr.name, expr.at)
  }
  checkPlace(known, scope, expr.at)
  const formula = scope.inside.some(({ name }) => name === 'ly' || name === 'pq') ? definitionOf(expr.name) : undefined
  if (formula !== undefined) inFormula(expr.name, expr.at, () => typeIn(formula, scope))
  return known.yields
}

function callType(expr: Expr & { kind: 'call' }, scope: Scope): ValueType {
  const known = signature(expr.name, true)
  if (known === undefined) {
    if (signature(expr.name, false) !== undefined)
      ruleError(`${expr.name} takes no parentheses.`, expr.at, { found: `${expr.name}(`, expected: expr.name })
    return unknownName(expr.name, expr.at)
  }
  checkPlace(known, scope, expr.at)
  checkCount(expr, known)
  const inner = enter(scope, expr.name)
  let last: ValueType = known.yields
  for (const [i, arg] of expr.args.entries()) {
    const kind = known.args![i]!
    if (kind === 'n' || kind === 'n?') checkWindow(expr.name, arg)
    else if (kind === 'k') {
      if (arg.kind !== 'number')
        ruleError(`${expr.name}: argument ${i + 1} must be a number written out, such as 2 or 1.5.`, arg.at)
    } else if (kind === 's') {
      if (arg.kind !== 'string')
        ruleError(`${expr.name}: argument ${i + 1} must be a name in single quotes, such as 'SPY'.`, arg.at)
    } else {
      last = typeIn(arg, inner)
      if (kind === 'c') needCondition(arg, last, expr.name)
      else needNumber(arg, last)
    }
  }
  const formula = scope.inside.some(({ name }) => name === 'ly' || name === 'pq')
    ? definitionOf(expr.name, expr.args)
    : undefined
  if (formula !== undefined) inFormula(expr.name, expr.at, () => typeIn(formula, scope))
  return AS_ARGUMENT.has(expr.name) ? last : known.yields
}

function checkPlace(known: SeriesSignature, scope: Scope, at: number): void {
  const problem = insideProblem(known, scope)
  if (problem !== undefined) ruleError(problem, at, { found: known.name })
}

/** A problem found in the formula of a derived name is shown at the name, not at a column of the formula. */
function inFormula(name: string, at: number, work: () => unknown): void {
  try {
    work()
  } catch (error) {
    ruleError(`${name} cannot stand here: ${(error as Error).message.replace(/^Column \d+: /, '')}`, at, {
      found: name,
    })
  }
}

function unknownName(name: string, at: number): never {
  const hint = instead(name)
  const lower = name.toLowerCase()
  const exact = lower !== name && (signature(lower, true) ?? signature(lower, false)) !== undefined
  const advice = exact ? ` Names are lower case: ${lower}.` : hint === undefined ? '' : ` Did you mean ${hint}?`
  return ruleError(`unknown name "${name.slice(0, 60)}".${advice}`, at, { found: name, hint: exact ? lower : hint })
}

function checkCount(expr: Expr & { kind: 'call' }, known: SeriesSignature): void {
  const most = known.args!.length
  const least = known.args!.filter((kind) => !kind.endsWith('?')).length
  const given = expr.args.length
  if (given >= least && given <= most) return
  const wanted = least === most ? `${most}` : `${least} ${most - least > 1 ? 'to' : 'or'} ${most}`
  ruleError(
    `${expr.name} takes ${wanted === '0' ? 'no' : wanted} argument${wanted === '1' ? '' : 's'}, found ${given}: write ${written(known)}.`,
    expr.at,
    { found: given, expected: written(known) },
  )
}

function checkWindow(name: string, arg: Expr): void {
  const example = `${name}: the window must be a positive whole number written out, such as 20`
  if (arg.kind === 'negate') ruleError(`${example}; a negative one would read the future.`, arg.at)
  if (arg.kind !== 'number') throw ruleError(`${example}.`, arg.at)
  if (arg.percent) ruleError(`${example}.`, arg.at)
  if (!Number.isInteger(arg.value) || arg.value < 1) ruleError(`${example}; found ${arg.value}.`, arg.at)
  const most = name === 'rising' || name === 'falling' ? MAX_RUN : MAX_WINDOW
  if (arg.value > most) ruleError(`${name}: a window of ${arg.value} is longer than ${most}.`, arg.at)
}

/** A signature as a person would write it: `kc_upper(n, k[, n])`. */
export function written(known: SeriesSignature): string {
  if (known.args === undefined) return known.name
  const parts = known.args.map((kind, i) => {
    const letter = kind[0]!
    const text = letter === 's' ? "'SYMBOL'" : letter
    return kind.endsWith('?') ? `[${i ? ', ' : ''}${text}]` : i ? `, ${text}` : text
  })
  return `${known.name}(${parts.join('')})`
}
