import type { Expr } from './ast.ts'
import { expandDerived } from './derived.ts'
import { partsOf } from './tree.ts'

/**
 * How many bars of a symbol there must be before a value can be defined: `sma(close,200)` needs 200, `rsi(close,14)` 15. A lower bound:
 * what other bars, figures and divisions add to it is not counted.
 */
export function leastBars(expr: Expr): number {
  return measure(expr, new Map())
}

/** Definitions share their arguments: each node is measured once. */
function measure(expr: Expr, known: Map<Expr, number>): number {
  let bars = known.get(expr)
  if (bars === undefined) known.set(expr, (bars = barsOf(expr, known)))
  return bars
}

function barsOf(expr: Expr, known: Map<Expr, number>): number {
  const of = (part: Expr) => measure(part, known)
  if (expr.kind === 'ago') return of(expr.of) + expr.bars
  const definition = expandDerived(expr)
  if (definition !== undefined) return of(definition)
  if (expr.kind === 'or') return Math.min(...expr.parts.map(of))
  if (expr.kind !== 'call') return partsOf(expr).reduce((most, part) => Math.max(most, of(part)), 1)
  const [x, n] = expr.args
  const window = (arg: Expr | undefined) => (arg?.kind === 'number' ? arg.value : 1)
  switch (expr.name) {
    case 'sum':
    case 'sma':
    case 'stdev':
    case 'highest':
    case 'lowest':
    case 'count':
    case 'ema':
    case 'rma':
      return of(x) + window(n) - 1
    case 'pct_rank':
      return of(x) + window(n)
    case 'cci':
      return window(x)
    // Other bars, and branches that need not be taken.
    case 'wk':
    case 'mo':
    case 'pd':
    case 'on':
      return 1
    case 'where':
      return of(x)
    default:
      return expr.args.reduce((most, arg) => Math.max(most, of(arg)), 1)
  }
}
