/** Two rules for the same words: whether they mean the same, on stored bars. */
import { defineJob } from '../core/engine.ts'
import { SESSION_BARS } from '../market/intraday-grid.ts'
import type { Calendar } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'
import type { Expr, Rule } from '../rule/ast.ts'
import { readingBars, ruleReading } from '../rule/at.ts'
import { parseRule, printRule } from '../rule/clauses.ts'
import { isEqual } from '../rule/compare.ts'
import { crossColumns } from '../rule/cross-section.ts'
import { createEvaluator, type Evaluator } from '../rule/evaluate.ts'
import { lookbackOf, ruleExpressions } from '../rule/lookback.ts'
import { parseExpression } from '../rule/parse.ts'
import { compilePosition } from '../rule/position.ts'
import { printExpression } from '../rule/print.ts'
import { isCrossSectional, referencedSymbols } from '../signals/dependencies.ts'
import type { RuleClauses } from '../strategy/strategy.ts'
import { sampleSymbols } from './proof-stored.ts'

export interface OpinionRequest {
  rules: [RuleClauses, RuleClauses]
  symbols: readonly string[]
  /** days, both included */
  from: number
  to: number
}

export interface Opinion {
  /** on each side: how many bars of how many symbols signal */
  signals: [number, number]
  symbols: number
  /** bars on which only one of the two signals */
  differences: number
  /** clauses that trade otherwise, by their JSON keys */
  clauses: string[]
}

export const opinionJob = defineJob<OpinionRequest, Opinion>('opinion')

/** Whether two rules are the same text once both are printed the same way. */
export function sameText(a: Rule, b: Rule): boolean {
  return canonical(a) === canonical(b)
}

const canonical = (rule: Rule): string =>
  JSON.stringify([
    ...CONDITIONS.map((key) => rule[key] && printExpression(rule[key])),
    ...LEVELS.map((key) => rule[key] && printExpression(rule[key])),
    rule.target && [rule.target.share, printExpression(rule.target.level)],
    rule.rank && [printExpression(rule.rank.by), rule.rank.order],
    ...SETTINGS.map(([key, absent]) => rule.clauses[key] ?? absent),
  ])

const CONDITIONS = ['universe', 'signal', 'short'] as const
const LEVELS = ['exit', 'stop', 'stopAfterTarget', 'trail', 'size'] as const
/** Clauses that are no expressions, with what they are when absent. */
const SETTINGS = [
  ['fill', 'next_open'],
  ['rebalance', null],
  ['maxpos', 20],
  ['cooldown', 0],
  ['pair', null],
  ['limit', null],
  ['fire', 'edge'],
  ['timeframe', '1d'],
  ['at', null],
  ['flat', null],
  ['once', null],
] as const

const MOST_CELLS = 600_000
const SESSIONS_PER_DAY = 252 / 365

/** Evaluates two rules on the stored bars of a window: on all symbols, or a sample where there are too many. */
export async function compareRules(request: OpinionRequest, source: MarketSource): Promise<Opinion> {
  const { symbols, from, to } = request
  const rules = request.rules.map((clauses) => parseRule(clauses)) as [Rule, Rule]
  const [{ timeframe }, other] = rules
  if (timeframe !== other.timeframe) return onOtherBars(request, source)
  const days = Math.max(1, Math.round((to - from) * SESSIONS_PER_DAY * SESSION_BARS[timeframe]))
  const chosen = sampleSymbols(symbols, Math.max(1, Math.floor(MOST_CELLS / days)))
  const expressions = rules.flatMap(ruleExpressions)
  const wanted = isCrossSectional(expressions) ? symbols : [...chosen, ...referencedSymbols(expressions)]
  const lookback = Math.max(...rules.map((rule) => lookbackOf(rule)))
  const market = await source.load({ timeframe, symbols: wanted, from, to, lookback })
  const crosses = rules.map((rule) => crossColumns(market, market.symbols, ruleExpressions(rule), rule.universe))
  const opinion: Opinion = { signals: [0, 0], symbols: chosen.length, differences: 0, clauses: unlike(rules) }
  let alike = LEVELS_OF.filter(([key]) => !opinion.clauses.includes(key))
  for (const symbol of chosen) {
    const series = market.bars(symbol)
    if (series === undefined) continue
    const evaluators = crosses.map((cross) => createEvaluator(market, series, { cross })) as [Evaluator, Evaluator]
    const inWindow = (bar: number) => series.day[bar] >= from && series.day[bar] <= to
    const fires = rules.map((rule, i) => firesOn(rule, evaluators[i], market.calendar))
    const both: Opened[] = []
    for (let bar = 0; bar < series.length; bar++) {
      if (!inWindow(bar)) continue
      const [a, b] = fires.map((column) => column[bar])
      if (a !== 0) opinion.signals[0]++
      if (b !== 0) opinion.signals[1]++
      if (a !== b) opinion.differences++
      else if (a !== 0) both.push({ bar, side: a === 2 ? -1 : 1 })
    }
    alike = alike.filter((level) => {
      const same = sameAt(level, rules, evaluators, both, series)
      if (!same) opinion.clauses.push(level[0])
      return same
    })
  }
  return opinion
}

/** Rules on bars of different sizes have no bar in common: each is read on its own. */
async function onOtherBars({ rules, ...window }: OpinionRequest, source: MarketSource): Promise<Opinion> {
  const [a, b] = [
    await compareRules({ ...window, rules: [rules[0], rules[0]] }, source),
    await compareRules({ ...window, rules: [rules[1], rules[1]] }, source),
  ]
  const signals: [number, number] = [a.signals[0], b.signals[0]]
  return { signals, symbols: a.symbols, differences: signals[0] + signals[1], clauses: ['timeframe'] }
}

/** Per bar: 0 nothing, 1 long, 2 short, 3 both. */
function firesOn(rule: Rule, evaluator: Evaluator, calendar: Calendar): Uint8Array {
  const member = evaluator.column(rule.universe)
  const reading = ruleReading(rule)
  const read = reading && readingBars(evaluator.series, calendar, reading)
  const counts = rule.clauses.rebalance === undefined ? undefined : evaluator.column(PERIOD_END[rule.clauses.rebalance])
  const out = new Uint8Array(member.length)
  for (const [expr, side] of [
    [rule.signal, 1],
    [rule.short, 2],
  ] as const) {
    if (expr === undefined) continue
    const column = evaluator.column(expr)
    for (let bar = 0; bar < out.length; bar++)
      if (column[bar] === 1 && member[bar] === 1 && counts?.[bar] !== 0 && read?.[bar] !== 0) out[bar] |= side
  }
  return out
}

const PERIOD_END = { month: parseExpression('month_end()'), week: parseExpression('week_end()') }

type Level = readonly [key: string, of: (rule: Rule) => Expr | undefined]

const LEVELS_OF: readonly Level[] = [
  ['exit', (rule) => rule.exit],
  ['stop', (rule) => rule.stop],
  ['target', (rule) => rule.target?.level],
  ['stop_after_target', (rule) => rule.stopAfterTarget],
  ['trail', (rule) => rule.trail],
  ['size', (rule) => rule.size],
  ['rank', (rule) => rule.rank?.by],
]

/** Clauses that only one of the rules has, or that say different things whatever the bars are. */
function unlike([a, b]: [Rule, Rule]): string[] {
  return [
    ...LEVELS_OF.filter(([, of]) => (of(a) === undefined) !== (of(b) === undefined))
      .map(([key]) => key)
      .filter((key) => key !== 'rank' || chooses(a) || chooses(b)),
    ...(a.target && b.target && a.target.share !== b.target.share ? ['target'] : []),
    ...(a.rank && b.rank && a.rank.order !== b.rank.order ? ['rank'] : []),
    ...SETTINGS.filter(([key, absent]) => (a.clauses[key] ?? absent) !== (b.clauses[key] ?? absent)).map(
      ([key]) => key,
    ),
  ]
}

/** Whether RANK decides who is in, and not only who comes first: an order that was not asked for is no other meaning. */
const chooses = ({ clauses: { limit, maxpos } }: Rule): boolean => limit !== undefined || maxpos !== undefined

const POSITIONS_OF_SYMBOL = 5
const BARS_OF_POSITION = 30

/** A signal of both rules. */
interface Opened {
  bar: number
  side: 1 | -1
}

/** Whether a clause has the same value through some positions that both rules open. */
function sameAt(
  [, of]: Level,
  rules: readonly Rule[],
  evaluators: readonly Evaluator[],
  opened: readonly Opened[],
  series: { length: number; open: Float64Array },
): boolean {
  const [a, b] = rules.map(of)
  if (a === undefined || b === undefined || printExpression(a) === printExpression(b)) return true
  const [valueA, valueB] = [compilePosition(a, evaluators[0]), compilePosition(b, evaluators[1])]
  for (const { bar: signal, side } of opened.slice(0, POSITIONS_OF_SYMBOL)) {
    const entry = signal + 1
    if (entry >= series.length) continue
    const entryPrice = series.open[entry]
    const position = { signal, entry, entryPrice, side, equity: 100_000, initialRisk: 0.05 * entryPrice }
    for (let bar = entry; bar < Math.min(series.length, entry + BARS_OF_POSITION); bar++) {
      const [x, y] = [valueA(bar, position), valueB(bar, position)]
      if (!(Number.isNaN(x) ? Number.isNaN(y) : isEqual(x, y) === true)) return false
    }
  }
  return true
}

/** Both readings for a person: the rules, and how many signals each gives. */
export function bothReadings(rules: readonly [Rule, Rule], { signals, symbols }: Opinion, window: string): string {
  const reading = (i: 0 | 1) => `${printRule(rules[i]).replaceAll('\n', '; ')} (${signals[i]} signals)`
  return `On ${symbols} symbols, ${window}: (A) ${reading(0)}; (B) ${reading(1)}.`
}
