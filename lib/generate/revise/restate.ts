import type { Expr } from '../../rule/ast.ts'
import { printExpression } from '../../rule/print.ts'
import { contains } from '../../rule/tree.ts'
import { Asked, listed } from './asked.ts'
import { replaced } from './clause-exprs.ts'
import { type Placed, placedConditions, textOf, withCondition } from './conditions.ts'
import { done, type Reader, sideOf } from './edit.ts'
import { framedCondition } from './framed.ts'
import { numbersIn } from './words.ts'

const FORM =
  /^(?:(?:change (?:it |that )?to|make it|make|use|set|require|change|want|i want|raise|lower|tighten|loosen|move|only|keep)\s+)?(.+?)(?:\s+instead)?$/i
/** A comparison is said, not only a number. */
const COMPARES =
  /\b(above|over|below|under|more|less|greater|at least|at most|crosses|crossing|between|within|exceeds?)\b|[<>≥≤]/i

/** "use RSI below 25", "make the gap at least 5%": the condition on the same thing, said anew. */
export const restate: Reader = (words, clauses) => {
  const said = FORM.exec(words)?.[1]
  if (
    said === undefined ||
    !COMPARES.test(said) ||
    /^(?:also|add|sell|exit|close out|cover|buy|short|only|and|not|no|at most|at least|more|less|up to)\b/i.test(said)
  )
    return undefined
  const side = sideOf(clauses)
  const found = framedCondition(said.replace(/\bto (be )?(?=above|over|below|under|more|less|at)/i, ''), side)
  if (found === undefined || found.condition.kind === 'and' || found.condition.kind === 'or') return undefined
  const subject = subjectOf(found.condition)
  const places = placedConditions(clauses).filter(
    ({ clause, expr }) => inClause(clause.key, words) && subject !== undefined && subjectOf(expr) === subject,
  )
  if (places.length === 0) return undefined
  if (places.length > 1)
    throw new Asked(`"${said}" may be in place of ${listed(places.map(textOf), 'or')}. Which one is meant?`, [said])
  const next = withOldWindows(
    found.condition,
    places[0],
    numbersIn(said).map(({ value }) => value),
  )
  return done(withCondition(clauses, places[0], next), found.notes)
}

/** Entries, unless the way out is spoken of. */
const inClause = (key: string, words: string): boolean =>
  /\b(exit|sell|sale|close out|leave)\b/i.test(words) ? key === 'exit' : key === 'signal' || key === 'short'

/** What a condition is about: the first thing it names, apart from numbers. */
function subjectOf(expr: Expr): string | undefined {
  if (expr.kind === 'not') return subjectOf(expr.of)
  const first = expr.kind === 'compare' ? expr.operands[0] : expr.kind === 'call' ? expr.args[0] : undefined
  if (first === undefined) return undefined
  const text = printExpression(first)
  if (text === 'gap()' || text === 'open / close[1] - 1') return 'gap'
  if (/^rvol\(\d+\)$/.test(text) || text === 'volume') return 'volume'
  if (first.kind === 'call' && first.args.length > 0 && first.args.at(-1)!.kind === 'number')
    return `${first.name} ${first.args.filter(({ kind }) => kind !== 'number').map(printExpression)}`
  return text
}

/** Windows that the words do not name stay as they were. */
function withOldWindows(condition: Expr, { expr: old }: Placed, named: readonly number[]): Expr {
  return replaced(condition, (part) => {
    if (part.kind !== 'call') return undefined
    const window = part.args.at(-1)
    if (window?.kind !== 'number' || named.includes(window.value)) return undefined
    const before: number[] = []
    contains(old, (each) => {
      const last = each.kind === 'call' && each.name === part.name ? each.args.at(-1) : undefined
      if (last?.kind === 'number') before.push(last.value)
      return false
    })
    if (new Set(before).size !== 1 || before[0] === window.value) return undefined
    return { ...part, args: [...part.args.slice(0, -1), { ...window, value: before[0] }] }
  })
}
