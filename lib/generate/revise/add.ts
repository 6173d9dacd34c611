import type { Expr } from '../../rule/ast.ts'
import { conditionsOf } from '../../rule/opened.ts'
import { printExpression } from '../../rule/print.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'
import { Asked } from './asked.ts'
import { clauseExprs, type ExprKey, joinedBy, withExpr } from './clause-exprs.ts'
import { done, type Edit, type Reader, sideOf } from './edit.ts'
import { framed, framedCondition, type Side } from './framed.ts'

const FORM =
  /^(?:add(?: in)?(?: a| the| another| one more)?(?: condition| filter| rule| requirement)?(?: that)?(?: of| for| on)?\s*:?|also require|require|additionally require|require|it needs|needs|must have|must be|has to be|but only (?:if|when)|only (?:if|when)|only (?:buy|short|enter|trade) (?:if|when)|and also|also|insist on|demand|with)\s*:?\s+(.+?)(?:,? too| as well)?$/i

/** Conditions of the market are joined to what opens a position; settings are left to their own reader. */
export const add: Reader = (words, clauses) => {
  const said = FORM.exec(words)?.[1]
  if (said === undefined) return undefined
  if (/^(?:also\s+)?(?:sell|exit|close|cover|get out)\b/i.test(said)) return undefined
  const both = clauses.signal !== undefined && clauses.short !== undefined
  const toShort = /\b(?:to|for|on) (?:the )?shorts?(?: side| entry)?$/i.test(said)
  const toLong = /\b(?:to|for|on) (?:the )?(?:longs?|buys?|signal)(?: side| entry)?$/i.test(said)
  const text = bounded(said).replace(/\s+(?:to|for|on) (?:the )?(?:shorts?|longs?|buys?|signal)(?: side| entry)?$/i, '')
  const side: Side = toShort ? 'short' : toLong ? 'long' : sideOf(clauses)
  const found = framedCondition(text, side)
  if (found === undefined) return fromSentence(clauses, text, side)
  if (both && !toShort && !toLong)
    throw new Asked(`"${text}": for SIGNAL, for SHORT, or for both? Say "for the long side" or "for the short side".`, [
      text,
    ])
  return done(withMore(clauses, side === 'short' ? 'short' : 'signal', conditionsOf(found.condition)), found.notes)
}

/** "a minimum price of $5" */
export const bounded = (text: string): string =>
  text
    .replace(/\b(?:a )?min(?:imum)? (.+?) of (.+)/i, '$1 of at least $2')
    .replace(/\b(?:a )?max(?:imum)? (.+?) of (.+)/i, '$1 of at most $2')

/** "add only tech stocks over $10": conditions and a universe in one. */
function fromSentence(clauses: RuleClauses, text: string, side: Side): Edit | undefined {
  const found = framed(text, side)
  if (found === undefined || found.conditions.length === 0 || Object.keys(found.clauses).length > 0) return undefined
  return done(withMore(clauses, side === 'short' ? 'short' : 'signal', found.conditions), found.notes)
}

/** A clause with conditions joined to it; one that stands there already is not said twice. */
export function withMore(clauses: RuleClauses, key: ExprKey, conditions: readonly Expr[]): RuleClauses {
  const clause = clauseExprs(clauses).find((each) => each.key === key)
  if (clause === undefined) return withExpr(clauses, { key, before: '', after: '' }, joinedBy('and', conditions))
  const there = conditionsOf(clause.expr)
  const texts = new Set(there.map(printExpression))
  const more = conditions.filter((each) => !texts.has(printExpression(each)))
  return more.length === 0 ? clauses : withExpr(clauses, clause, joinedBy('and', [...there, ...more]))
}
