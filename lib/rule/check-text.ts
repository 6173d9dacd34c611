import { GICS_SECTORS } from '../market/universe.ts'
import type { Expr } from './ast.ts'
import { closest } from './names.ts'
import type { Scope, ValueType } from './scope.ts'
import { ruleError } from './tokens.ts'

const TEXT_NAMES: ReadonlySet<string> = new Set(['symbol', 'sector', 'industry'])

/** How a part is typed in its scope; check.ts hands it in. */
export type TypeIn = (expr: Expr, scope: Scope) => ValueType

/** Checks a comparison: numbers (or truth values) with each other, or one text name with a string by == or !=. */
export function checkCompare(expr: Expr & { kind: 'compare' }, scope: Scope, typeIn: TypeIn): void {
  const string = expr.operands.find((operand) => operand.kind === 'string')
  if (string === undefined) {
    for (const operand of expr.operands) {
      if (typeIn(operand, scope) === 'text')
        ruleError(`${(operand as { name: string }).name} compares with a string in single quotes.`, operand.at)
    }
    return
  }
  if (expr.operands.length !== 2) ruleError('texts do not chain: join comparisons with "and".', string.at)
  const name = expr.operands.find((operand) => operand !== string)!
  needTextName(name, string.at, scope, typeIn)
  const op = expr.ops[0]!
  if (op !== '==' && op !== '!=') ruleError(`texts compare by ==, !=, in and not in; found "${op}".`, string.at)
  checkValue((name as { name: string }).name, (string as { value: string }).value, string.at, scope)
}

/** Checks `symbol in ('KO', 'PEP')`. */
export function checkIn(expr: Expr & { kind: 'in' }, scope: Scope, typeIn: TypeIn): void {
  needTextName(expr.of, expr.at, scope, typeIn)
  for (const value of expr.values) checkValue((expr.of as { name: string }).name, value, expr.at, scope)
}

function needTextName(expr: Expr, at: number, scope: Scope, typeIn: TypeIn): void {
  if (expr.kind === 'name' && TEXT_NAMES.has(expr.name)) {
    typeIn(expr, scope)
    return
  }
  if (expr.kind !== 'string') typeIn(expr, scope)
  ruleError('strings compare only with symbol, sector or industry.', at, { expected: 'symbol, sector or industry' })
}

function checkValue(name: string, value: string, at: number, scope: Scope): void {
  const known = name === 'sector' ? GICS_SECTORS : name === 'industry' ? scope.context.industries : undefined
  if (known === undefined || known.includes(value)) return
  const near = closest(value, known)
  ruleError(
    `unknown ${name} '${value.slice(0, 60)}'.${near === undefined ? '' : ` Did you mean '${near}'?`}${
      name === 'sector' ? ` The sectors are ${GICS_SECTORS.join(', ')}.` : ''
    }`,
    at,
    { found: value, hint: near },
  )
}
