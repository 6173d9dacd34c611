import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { beforeAll, expect, it } from 'vitest'
import { isoDay } from '../../lib/core/days.ts'
import { firstAt } from '../../lib/market/bars.ts'
import type { Market } from '../../lib/market/market.ts'
import type { Expr } from '../../lib/rule/ast.ts'
import { parseRule } from '../../lib/rule/clauses.ts'
import { crossColumns } from '../../lib/rule/cross-section.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { shared, withShared } from '../shared.ts'
import {
  calendarOf,
  dayOf,
  holidaysSeen,
  marketOf,
  readBars,
  readFolder,
  readListings,
  readMembership,
  readTenK,
} from './load.ts'

/**
 * The signal lists that come with the development prompts, computed by others from the same bars: every row of the window
 * where SIGNAL (or SHORT) and UNIVERSE are true, on REBALANCE bars where the rule has the clause.
 */
interface ExpectedSet {
  id: string
  dataset: string
  window: [string, string]
  rule: Record<string, unknown>
  clause?: string
  signal: { file: string; rows: number }
  short?: { file: string; rows: number }
  top?: { file: string; date: string }
}

type Prompt = { id: string; rule: object | null; expected_sets?: (ExpectedSet & { rule_override: object })[] }
const file = shared('prompts/prompts.json')
const prompts: Prompt[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []

const sets: ExpectedSet[] = prompts.flatMap(({ id, rule, expected_sets }) =>
  (expected_sets ?? [])
    .filter(({ dataset }) => ['dev_daily', 'dev_fund', 'dev_etf'].includes(dataset))
    .map((set) => ({ ...set, id, rule: { ...rule, ...set.rule_override } })),
)

withShared('the expected lists of the development prompts', () => {
  let daily: Market
  let etf: Market

  beforeAll(() => {
    // four years before the first window: more than any of these rules looks back
    const series = readFolder('market/bars/daily', undefined, '2010-01-01')
    const calendar = calendarOf(holidaysSeen([readBars('market/bars/daily/SPY.csv.gz', 'SPY')]))
    daily = marketOf(series, {
      calendar,
      listings: readListings(),
      figures: readTenK(),
      membership: { SP500: readMembership() },
    })
    const sectors = 'XLB XLE XLF XLI XLK XLP XLU XLV XLY'.split(' ')
    etf = marketOf(readFolder('market/bars/etf_adjusted', new Set(sectors)), { calendar })
  }, 120_000)

  it('are all here', () => expect(sets.length).toBeGreaterThanOrEqual(34))

  it.each(sets)('$id on $dataset', (set) => {
    const market = set.dataset === 'dev_etf' ? etf : daily
    const found = signals(market, set)
    if (set.clause !== 'short') expect(found.signal).toEqual(listed(set.signal.file))
    if (set.short) expect(found.short).toEqual(listed(set.short.file))
    if (set.top) expect(found.top).toEqual(topOf(set.top.file))
  })
})

function listed(file: string): string[] {
  const rows = gunzipSync(readFileSync(shared(`prompts/${file}`)))
    .toString()
    .split(/\r?\n/)
    .filter(Boolean)
    .slice(1)
  return rows.map((row) => row.split(',').slice(0, 2).join(',')).sort()
}

function topOf(file: string): string[] {
  const rows = readFileSync(shared(`prompts/${file}`), 'utf8')
    .split(/\r?\n/)
    .filter(Boolean)
    .slice(1)
  return rows.map((row) => row.split(',')[1])
}

function signals(market: Market, set: ExpectedSet) {
  const rule = parseRule(set.rule as never)
  const { universe, rank } = rule
  const exprs = [rule.signal, rule.short, rank?.by].filter((expr): expr is Expr => expr !== undefined)
  const cross = crossColumns(market, market.symbols, exprs, universe)
  const [from, to] = set.window.map(dayOf)
  const signal: string[] = []
  const short: string[] = []
  const ranked: { symbol: string; value: number }[] = []
  const isEnd = (day: number) =>
    rule.clauses.rebalance === undefined ||
    (rule.clauses.rebalance === 'month' ? market.calendar.isMonthEnd(day) : market.calendar.isWeekEnd(day))
  for (const symbol of market.symbols) {
    const series = market.bars(symbol)!
    const evaluator = createEvaluator(market, series, { cross })
    const member = evaluator.column(universe)
    const long = rule.signal && evaluator.column(rule.signal)
    const below = rule.short && evaluator.column(rule.short)
    const by = rank && evaluator.column(rank.by)
    for (let i = firstAt(series.day, from); i < series.length && series.day[i] <= to; i++) {
      if (member[i] !== 1 || !isEnd(series.day[i])) continue
      const row = `${symbol},${isoDay(series.day[i])}`
      if (long?.[i] === 1) {
        signal.push(row)
        if (by && set.top && series.day[i] === dayOf(set.top.date)) ranked.push({ symbol, value: by[i] })
      }
      if (below?.[i] === 1) short.push(row)
    }
  }
  const sign = rank?.order === 'desc' ? -1 : 1
  ranked.sort((a, b) => {
    const undefinedLast = Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value))
    return undefinedLast || sign * (a.value - b.value) || (a.symbol < b.symbol ? -1 : 1)
  })
  const top = ranked.slice(0, 20).map(({ symbol }) => symbol)
  return { signal: signal.sort(), short: short.sort(), top }
}
