import type { Expr } from './ast.ts'
import { printExpression } from './print.ts'

/** The value of a number written out, with its sign; undefined for everything else. */
export function literalValue(expr: Expr): number | undefined {
  if (expr.kind === 'number') return expr.value
  return expr.kind === 'negate' && expr.of.kind === 'number' ? -expr.of.value : undefined
}

/** a/b - 1, roc(x, n), gap(): what changed against what. */
export function asChange(
  expr: Expr,
): { of: Expr; against?: Expr; bars?: number; from?: number; to?: number } | undefined {
  if (expr.kind === 'call' && expr.name === 'roc' && expr.args[1]?.kind === 'number')
    return { of: expr.args[0]!, bars: expr.args[1].value }
  if (expr.kind === 'call' && expr.name === 'gap') {
    const close: Expr = { kind: 'name', name: 'close', at: 0 }
    return { of: { kind: 'name', name: 'open', at: 0 }, against: { kind: 'ago', of: close, bars: 1, at: 0 } }
  }
  if (expr.kind !== 'arithmetic' || expr.op !== '-' || literalValue(expr.right) !== 1) return undefined
  if (expr.left.kind !== 'arithmetic' || expr.left.op !== '/') return undefined
  const { left: of, right: against } = expr.left
  if (against.kind === 'ago' && printExpression(against.of) === printExpression(of)) return { of, bars: against.bars }
  if (against.kind === 'ago' && of.kind === 'ago' && printExpression(against.of) === printExpression(of.of))
    return { of: of.of, from: against.bars, to: of.bars }
  return { of, against }
}
