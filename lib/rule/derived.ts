import { AppError } from '../core/errors.ts'
import { SERIES } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { CALLS, RATIOS } from './definitions.ts'
import { parseExpression } from './parse.ts'
import { withParts } from './tree.ts'

/**
 * The definition of a derived name with its arguments put in, or undefined for a core name: sections 5 and 7 of the
 * reference. `args` is absent for a bare name. The arguments must have been checked; they are shared, not copied, so a
 * definition that uses one several times yields a graph: remember results per node (or per printed call) when walking it.
 */
export function definitionOf(name: string, args?: readonly Expr[]): Expr | undefined {
  if (args === undefined) {
    const ratio = own(RATIOS, name)
    return ratio === undefined ? undefined : parsed(ratio)
  }
  const call = own(CALLS, name)
  if (call === undefined) return undefined
  const parameters = call.parameters
  // kc_upper(n,k) is kc_upper(n,k,n)
  const given = parameters.map((_, i) => args[i] ?? args[0])
  const windows = new Map(parameters.map((parameter, i) => [parameter, given[i]]))
  const window = (parameter: string): number => {
    const arg = windows.get(parameter)
    if (arg?.kind !== 'number')
      throw new AppError('bad_rule', `${name}: the argument ${parameter} must be a number literal.`)
    return arg.value
  }
  const text =
    typeof call.text === 'string' ? call.text.replace(/\[n\]/g, () => `[${window('n')}]`) : call.text(window('n'))
  return substituted(parsed(text), new Map(parameters.map((parameter, i) => [parameter, given[i]!])))
}

/** A derived call or name replaced by its definition (its arguments untouched); undefined for everything else. */
export function expandDerived(expr: Expr): Expr | undefined {
  if (expr.kind === 'name') return definitionOf(expr.name)
  if (expr.kind === 'call') return definitionOf(expr.name, expr.args)
  return undefined
}

/** Whether the name is one an evaluator computes itself: it exists and no definition stands for it. */
export function isCore(name: string, isCall: boolean): boolean {
  const known = SERIES.some((entry) => entry.name === name && (entry.args !== undefined) === isCall)
  return known && own<unknown>(isCall ? CALLS : RATIOS, name) === undefined
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

const cache = new Map<string, Expr>()

function parsed(text: string): Expr {
  let expr = cache.get(text)
  if (expr === undefined) {
    expr = parseExpression(text)
    // windows vary freely in rising(x,n) and the like: the cache stays small in a long-lived process
    if (cache.size > 2_000) cache.clear()
    cache.set(text, expr)
  }
  return expr
}

function substituted(expr: Expr, values: ReadonlyMap<string, Expr>): Expr {
  if (expr.kind === 'name') return values.get(expr.name) ?? expr
  if (values.size === 0) return expr
  return withParts(expr, (part) => substituted(part, values))
}
