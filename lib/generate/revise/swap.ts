import type { Expr } from '../../rule/ast.ts'
import { printExpression } from '../../rule/print.ts'
import { contains } from '../../rule/tree.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'
import { Asked, listed, times } from './asked.ts'
import { clauseExprs, replaced, withExpr } from './clause-exprs.ts'
import { conditionsAbout, textOf, withCondition } from './conditions.ts'
import { done, type Edit, type Reader, sideOf } from './edit.ts'
import { framedCondition } from './framed.ts'
import { type Occurrence, occurrencesOf } from './literals.ts'
import { contentWords, numbersIn, type SaidNumber } from './words.ts'

const FORMS: readonly { form: RegExp; order: 'new old' | 'old new' }[] = [
  {
    form: /^(?:use|put|make it|make|take|have|hold|set|want|exit after|sell after)?\s*(.+?)\s+(?:instead of|rather than|in place of)\s+(.+)$/i,
    order: 'new old',
  },
  { form: /^(?:instead of|rather than)\s+(.+?),?\s+(?:use|take|make it|put|have|with)\s+(.+)$/i, order: 'old new' },
  { form: /^(?:replace|swap|switch|exchange)\s+(.+?)\s+(?:with|for|by|to)\s+(.+)$/i, order: 'old new' },
  { form: /^(.+?)\s*(?:->|=>|→)\s*(.+)$/i, order: 'old new' },
]
/** From what to what. */
const CHANGED =
  /^(?:change|turn|make|move|raise|lower|increase|decrease|reduce)\s+(.+?)\s+(?:from\s+(\S+)\s+)?(?:to|into)\s+(.+)$/i
/** A threshold that is named is another reader's: "raise the RSI(14) threshold to 40". */
const THRESHOLD = /\b(threshold|level|limit|cutoff|stop|target|trail)\b/i

/** "use 50 instead of 30", "replace the 50-day average with the 100-day one", "use the EMA instead of the SMA". */
export const swap: Reader = (words, clauses) => {
  for (const { form, order } of FORMS) {
    const found = form.exec(words)
    if (found === null) continue
    const [next, old] = order === 'new old' ? [found[1], found[2]] : [found[2], found[1]]
    const about = /^(?:hold|exit after|sell after)\b/i.test(words) ? `hold ${old}` : old
    const swapped = byNumbers(clauses, next, about) ?? byNames(clauses, next, old) ?? byConditions(clauses, next, old)
    if (swapped !== undefined) return swapped
  }
  const changed = CHANGED.exec(words)
  if (changed === null) return undefined
  const [, about, from, to] = changed
  if (from !== undefined) return numbers(clauses, numbersIn(to)[0], numbersIn(from)[0], about)
  if (THRESHOLD.test(about)) return undefined
  if (/\b(condition|filter|rule|requirement)\b/i.test(about)) return byConditions(clauses, to, about)
  return byNumbers(clauses, to, about.replace(/\(\d+\)/g, ''))
}

/** Both sides hold one number, and say no more than which. */
function byNumbers(clauses: RuleClauses, next: string, old: string): Edit | undefined {
  const [to, from] = [numbersIn(next), numbersIn(old)]
  if (to.length !== 1 || from.length !== 1) return undefined
  const words = (text: string) => contentWords(text).filter((word) => !/^\d/.test(word))
  const about = [...new Set([...words(old), ...words(next)])]
  // "20-day high instead of 50-day average" changes more than a number.
  if (words(next).some((word) => !words(old).includes(word)) && words(old).length > 0) return undefined
  return numbers(clauses, to[0], from[0], about.join(' '))
}

function numbers(
  clauses: RuleClauses,
  to: SaidNumber | undefined,
  from: SaidNumber | undefined,
  about: string,
): Edit | undefined {
  if (to === undefined || from === undefined) return undefined
  const everywhere = /\b(all|both|everywhere)\b/i.test(about)
  const words = contentWords(about).filter((word) => !/^\d/.test(word))
  let places = occurrencesOf(clauses, from)
  if (places.length === 0 && from.kind === 'plain') places = occurrencesOf(clauses, { ...from, kind: 'percent' })
  if (places.length === 0)
    throw new Asked(`${from.text} stands nowhere in the rule. Which number is meant?`, [from.text])
  if (words.length > 0) {
    const meant = places.filter(({ names }) => words.every((word) => names.has(word)))
    if (meant.length === 0)
      throw new Asked(
        `${from.text} stands in ${listed(wheres(places))}, and not in "${words.join(' ')}". Which one is meant?`,
        [words.join(' ')],
      )
    places = meant
  }
  const groups = new Set(places.map(({ group }) => group))
  if (groups.size > 1 && !everywhere)
    throw new Asked(
      `${from.text} stands ${times(groups.size)}: ${listed(wheres(places).map((each) => `in ${each}`))}. Which one is meant?`,
      [from.text],
    )
  checkWindows(places, to)
  return done(places.reduce((rule, place) => place.with(rule, to), clauses))
}

const wheres = (places: readonly Occurrence[]): string[] => {
  const first = new Map(places.map(({ group, where }): [string, string] => [group, where]))
  return [...first.values()]
}

function checkWindows(places: readonly Occurrence[], { value, text }: SaidNumber): void {
  const counted = places.find(({ role }) => role === 'window' || role === 'ago' || role === 'clause')
  if (counted !== undefined && (!Number.isInteger(value) || value < 1))
    throw new Asked(
      `${text} cannot stand in ${counted.where}: it counts bars or positions. Which whole number is meant?`,
      [text],
    )
}

const FUNCTIONS: Readonly<Record<string, string>> = { ema: 'ema', exponential: 'ema', sma: 'sma', simple: 'sma' }

/** "EMA instead of SMA", "QQQ instead of SPY", "the open instead of the close". */
function byNames(clauses: RuleClauses, next: string, old: string): Edit | undefined {
  const [to, from] = [next, old].map((text) =>
    contentWords(text).filter((word) => word !== 'average' && word !== 'moving'),
  )
  if (to.length !== 1 || from.length !== 1) return undefined
  const [a, b] = [FUNCTIONS[from[0]], FUNCTIONS[to[0]]]
  const tickers = [old, next].map((text) => /\b[A-Z][A-Z.]{0,5}\b/.exec(text)?.[0])
  const onlyVolume = averages(clauses, a).every(isOfVolume)
  const change = (part: Expr): Expr | undefined => {
    // "The SMA" is the one of prices where there is one.
    if (a !== undefined && b !== undefined && part.kind === 'call' && part.name === a)
      return isOfVolume(part) && !onlyVolume ? undefined : { ...part, name: b }
    if (tickers[0] && tickers[1] && part.kind === 'string' && part.value === tickers[0])
      return { ...part, value: tickers[1] }
    if (tickers[0] && tickers[1] && part.kind === 'in' && part.values.includes(tickers[0]))
      return { ...part, values: part.values.map((each) => (each === tickers[0] ? tickers[1]! : each)) }
    return undefined
  }
  const changed = clauseExprs(clauses).reduce((rule, clause) => {
    const expr = replaced(clause.expr, change)
    return printExpression(expr) === printExpression(clause.expr) ? rule : withExpr(rule, clause, expr)
  }, clauses)
  const pair = tickers[0] && clauses.pair === tickers[0] ? { ...changed, pair: tickers[1] } : changed
  return pair === clauses ? undefined : done(pair)
}

const isOfVolume = ({ args: [x] }: Expr & { kind: 'call' }): boolean => x?.kind === 'name' && /volume$/.test(x.name)

/** The calls of a name anywhere in a rule. */
function averages(clauses: RuleClauses, name: string | undefined): (Expr & { kind: 'call' })[] {
  const found: (Expr & { kind: 'call' })[] = []
  for (const { expr } of clauseExprs(clauses))
    contains(expr, (part) => {
      if (part.kind === 'call' && part.name === name) found.push(part)
      return false
    })
  return found
}

/** One condition named by its words, and another one said. */
function byConditions(clauses: RuleClauses, next: string, old: string): Edit | undefined {
  const found = conditionsAbout(clauses, old)
  if (found.length === 0) return undefined
  if (found.length > 1)
    throw new Asked(`"${old}" may be ${listed(found.map(textOf), 'or')}. Which one is meant?`, [old])
  const side = found[0].clause.key === 'short' ? 'short' : sideOf(clauses)
  const said = framedCondition(next, side)
  if (said === undefined) return undefined
  return done(withCondition(clauses, found[0], said.condition), said.notes)
}
