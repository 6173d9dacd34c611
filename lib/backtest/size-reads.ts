/**
 * SIZE in two halves. What it reads of the market are values of the signal's bar, known where the bars are; the rest (equity,
 * the price of the fill, the first stop) is known to the account, which has no bars of the signal.
 */
import type { Expr } from '../rule/ast.ts'
import { compilePosition } from '../rule/position.ts'
import type { Position } from './exits.ts'

/** The parts of SIZE that are read from columns, in the order in which sizeFrom takes their values. */
export function sizeParts(size: Expr): Expr[] {
  const parts: Expr[] = []
  const column = (part: Expr) => {
    parts.push(part)
    return new Float64Array(1)
  }
  compilePosition(size, { column })
  return parts
}

/** SIZE of a position from the values of its parts at the signal's bar; NaN when undefined. */
export function sizeFrom(size: Expr, reads: readonly number[], position: Position): number {
  let next = 0
  const value = compilePosition(size, { column: () => Float64Array.of(reads[next++]) })
  // the signal's bar is the only one: bars are counted from it
  return value(0, { ...position, signal: 0, entry: position.entry - position.signal })
}
