import type { Expr } from '../../rule/ast.ts'
import { printExpression } from '../../rule/print.ts'
import { unitOfBoth } from '../../rule/unit.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'
import { Asked, listed } from './asked.ts'
import { replaced } from './clause-exprs.ts'
import { conditionsAbout, type Placed, placedConditions, textOf, withCondition } from './conditions.ts'
import { done, type Edit, type Reader } from './edit.ts'
import { contentWords, NUMBER, type SaidNumber, saidNumber } from './words.ts'

const VERB =
  '(change|set|make|raise|lower|increase|decrease|reduce|move|adjust|tighten|loosen|relax|bump|put|use|require|bring|cut|keep|want|double|halve)'
const FORM = new RegExp(
  `^(?:${VERB}\\s+)?(?:the\\s+|a\\s+|an\\s+)?(.+?)\\s*(?:=|:|\\b(?:up |down )?to be\\b|\\b(?:up|down) to\\b|\\bto\\b|\\bat\\b|\\bof\\b|\\bis\\b|\\bbe\\b|\\s)\\s*(${NUMBER})\\s*(?:days?|sessions?|bars?|positions?|points?|times|average|shares)?(?:\\s+instead)?$`,
  'i',
)
const WINDOW = /\b(period|length|window|lookback|look-back)\b/i
const UP = /^(raise|increase|bump)$/i
const DOWN = /^(lower|decrease|reduce|cut)$/i

const WHOLE: readonly [RegExp, 'limit' | 'maxpos' | 'cooldown'][] = [
  [/^(?:result )?limit(?: of results)?$|^number of (?:results|stocks shown)$/i, 'limit'],
  [
    /^(?:max(?:imum)? (?:number of )?|position limit|number of )positions$|^positions$|^position limit$|^maxpos$/i,
    'maxpos',
  ],
  [/^cool-?down$|^pause$/i, 'cooldown'],
]

/** "change the RSI threshold to 40", "raise the gap to 5%", "set the RSI period to 7", "hold to 10 days". */
export const level: Reader = (words, clauses) => {
  const found = FORM.exec(words)
  if (found === null) return undefined
  const [, verb = '', topic, number] = found
  const said = saidNumber(number)
  // A number in what is named is a window of it: that is a swap, or more than one thing.
  if (/(?<![(\w])\d/.test(topic)) return undefined
  const whole = WHOLE.find(([form]) => form.test(topic.trim()))
  if (whole !== undefined && Number.isInteger(said.value)) return done({ ...clauses, [whole[1]]: said.value })
  if (WINDOW.test(topic) && !/\bhold/i.test(topic)) return windowOf(clauses, topic.replace(WINDOW, ' '), said, words)
  const about = topic.replace(/\b(threshold|level|limit|cutoff)\b/gi, ' ')
  if (contentWords(about).length === 0) return undefined
  const counted = /\d\s*(?:days?|sessions?|bars?)(?:\s+instead)?$/i.test(words)
  const measured = conditionsAbout(clauses, about).filter(({ expr }) => thresholdOf(expr) !== undefined)
  if (measured.length === 0) return undefined
  // So many days are a number of bars held where there is one, and else the window of what is named.
  const inBars = measured.filter(({ expr }) => thresholdOf(expr)!.unit === 'bars')
  if (counted && inBars.length === 0) return windowOf(clauses, about, said, words)
  const places = counted ? inBars : measured
  if (places.length > 1)
    throw new Asked(`"${topic}" may be ${listed(places.map(textOf), 'or')}. Which one is meant?`, [topic])
  return threshold(clauses, places[0], said, verb, words)
}

interface Threshold {
  node: Expr & { kind: 'number' }
  /** whether it multiplies what is compared with */
  isFactor: boolean
  unit: ReturnType<typeof unitOfBoth>
}

/** The one number a comparison is about: a side of its own, or the factor of one. */
function thresholdOf(expr: Expr): Threshold | undefined {
  if (expr.kind === 'not') return thresholdOf(expr.of)
  if (expr.kind !== 'compare' || expr.ops.length !== 1) {
    if (expr.kind !== 'call' || !/^crosses_(above|below)$/.test(expr.name)) return undefined
    const node = expr.args.find((arg) => arg.kind === 'number')
    return node?.kind === 'number' ? { node, isFactor: false, unit: unitOfBoth(expr.args[0], expr.args[1]) } : undefined
  }
  const [left, right] = expr.operands
  const unit = unitOfBoth(left, right)
  for (const side of [right, left]) {
    if (side.kind === 'number') return { node: side, isFactor: false, unit }
    if (side.kind !== 'arithmetic' || side.op !== '*') continue
    const node = [side.left, side.right].find((factor) => factor.kind === 'number')
    if (node?.kind === 'number') return { node, isFactor: true, unit }
  }
  return undefined
}

function threshold(clauses: RuleClauses, place: Placed, said: SaidNumber, verb: string, words: string): Edit {
  const { node, isFactor, unit } = thresholdOf(place.expr)!
  const notes: string[] = []
  let value = said.value
  if (isFactor) {
    // "50% above average" is one and a half times it.
    if (said.kind === 'percent') value = /\b(above|over|more)\b/i.test(words) ? 1 + said.value / 100 : said.value / 100
  } else if (said.kind === 'percent') {
    if (unit !== 'fraction')
      throw new Asked(`${said.text} of what? ${textOf(place)} compares no shares. Which number is meant?`, [said.text])
    value = Number((said.value / 100).toPrecision(12))
  } else if (unit === 'fraction' && said.value >= 1) {
    value = Number((said.value / 100).toPrecision(12))
    notes.push(`${said.text} is read as ${said.text}%`)
  }
  const [higher, lower] = [UP.test(verb), DOWN.test(verb)]
  if ((higher && value < node.value) || (lower && value > node.value))
    throw new Asked(`"${words}": it is ${printExpression(node)} now, in ${textOf(place)}. Is ${said.text} meant?`, [
      words,
    ])
  return done(
    withCondition(
      clauses,
      place,
      replaced(place.expr, (part) => (part === node ? { ...node, value } : undefined)),
    ),
    notes,
  )
}

/** The window of the calls the words name, in whatever conditions they stand. */
function windowOf(clauses: RuleClauses, topic: string, said: SaidNumber, words: string): Edit {
  if (said.kind !== 'plain' || !Number.isInteger(said.value) || said.value < 1)
    throw new Asked(`${said.text} is no number of bars. Over how many?`, [said.text])
  const about = contentWords(topic)
  const calls = new Map<string, Expr & { kind: 'call' }>()
  const visit = (expr: Expr): void => {
    if (expr.kind === 'call' && isNamed(expr, about) && windows(expr).length > 0) calls.set(printExpression(expr), expr)
  }
  for (const { expr } of placedConditions(clauses)) walk(expr, visit)
  if (calls.size === 0)
    throw new Asked(`Which period is meant by "${words}"? Nothing in the rule is known by it.`, [words])
  const many = [...calls.values()].some((call) => windows(call).length > 1)
  if (calls.size > 1 || many)
    throw new Asked(
      `"${words}" may be about ${listed([...calls.keys()], 'or')}${many ? ', which has several' : ''}. Which one is meant, instead of which number?`,
      [words],
    )
  const [text] = calls.keys()
  let rule = clauses
  for (const place of placedConditions(clauses)) {
    const next = replaced(place.expr, (part) => {
      if (part.kind !== 'call' || printExpression(part) !== text) return undefined
      const [at] = windows(part)
      return { ...part, args: part.args.map((arg, i) => (i === at ? { ...arg, value: said.value } : arg)) as Expr[] }
    })
    if (printExpression(next) === textOf(place)) continue
    const current = placedConditions(rule).find(
      ({ clause, expr }) => clause.key === place.clause.key && printExpression(expr) === textOf(place),
    )!
    rule = withCondition(rule, current, next)
  }
  return done(rule)
}

const windows = (call: Expr & { kind: 'call' }): number[] =>
  [...call.args.keys()].filter(
    (i) => call.args[i].kind === 'number' && Number.isInteger((call.args[i] as { value: number }).value),
  )

const NAMES: Readonly<Record<string, string>> = {
  average: 'sma',
  moving: 'sma',
  ma: 'sma',
  stochastic: 'stoch_k',
  bollinger: 'bb_lower',
}

const isNamed = ({ name }: { name: string }, about: readonly string[]): boolean =>
  about.length > 0 &&
  about.every((word) => word === name || NAMES[word] === name || (/^(average|moving|ma)$/.test(word) && name === 'ema'))

function walk(expr: Expr, visit: (part: Expr) => void): void {
  replaced(expr, (part) => {
    visit(part)
    return undefined
  })
}
