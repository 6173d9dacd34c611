import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { isoDay } from '../../lib/core/days.ts'
import type { BarSeries, Premarket } from '../../lib/market/bars.ts'
import { nyse } from '../../lib/market/calendar.ts'
import type { Market } from '../../lib/market/market.ts'
import { readingBars, ruleReading } from '../../lib/rule/at.ts'
import { parseRule } from '../../lib/rule/clauses.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { shared, withShared } from '../shared.ts'
import { dayOf, marketOf, readCells } from './load.ts'

/**
 * The signal lists of the intraday development prompts, computed by others, against the evaluator alone: the files are read and
 * grouped here, with no part of lib/market's import in it.
 */
interface ExpectedSet {
  id: string
  dataset: 'dev_hour' | 'dev_5m' | 'dev_5m_2020'
  window: [string, string]
  rule: Record<string, unknown>
  clause?: string
  signal: { file: string; rows: number }
}

type Prompt = { id: string; rule: object | null; expected_sets?: (ExpectedSet & { rule_override: object })[] }
const file = shared('prompts/prompts.json')
const prompts: Prompt[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
const sets = prompts.flatMap(({ id, rule, expected_sets }) =>
  (expected_sets ?? [])
    .filter(({ dataset }) => ['dev_hour', 'dev_5m', 'dev_5m_2020'].includes(dataset))
    .map((set) => ({ ...set, id, rule: { ...rule, ...set.rule_override } })),
)

interface Row {
  day: number
  /** minutes from midnight at which the bar ends, New York */
  end: number
  prices: [open: number, high: number, low: number, close: number, volume: number]
}

const halfDays = new Set(['2015-12-24'].map(dayOf))

/** The instant of a New York time, by the offset that Node's own zone data gives for the day. */
function instantOf(day: number, minute: number): number {
  const noon = new Date(day * 86_400_000 + 17 * 3_600_000)
  const hour = Number(noon.toLocaleString('en-US', { timeZone: 'America/New_York', hour: 'numeric', hourCycle: 'h23' }))
  return day * 86_400_000 + (minute + (17 - hour) * 60) * 60_000
}

function seriesOf(
  symbol: string,
  timeframe: '5m' | '1h',
  rows: Row[],
  early: Row[],
  splits: [number, number][],
): BarSeries {
  const factorOf = (day: number) => splits.reduce((f, [exDate, ratio]) => (exDate > day ? f * ratio : f), 1)
  const factor = Float64Array.from(rows, ({ day }) => factorOf(day))
  const price = (k: number) => Float64Array.from(rows, ({ prices }, i) => prices[k] / factor[i])
  const raw = (k: number) => Float64Array.from(rows, ({ prices }) => prices[k])
  const premarket: Premarket = {
    day: Int32Array.from(early, ({ day }) => day),
    time: Float64Array.from(early, ({ day, end }) => instantOf(day, end)),
    close: Float64Array.from(early, ({ day, prices }) => prices[3] / factorOf(day)),
    volume: Float64Array.from(early, ({ day, prices }) => prices[4] * factorOf(day)),
    rawVolume: Float64Array.from(early, ({ prices }) => prices[4]),
  }
  return {
    symbol,
    timeframe,
    length: rows.length,
    day: Int32Array.from(rows, ({ day }) => day),
    time: Float64Array.from(rows, ({ day, end }) => instantOf(day, end)),
    open: price(0),
    high: price(1),
    low: price(2),
    close: price(3),
    volume: Float64Array.from(rows, ({ prices }, i) => prices[4] * factor[i]),
    rawOpen: raw(0),
    rawHigh: raw(1),
    rawLow: raw(2),
    rawClose: raw(3),
    rawVolume: raw(4),
    factor,
    dividend: new Float64Array(rows.length),
    split: new Float64Array(rows.length).fill(1),
    cut: false,
    ...(early.length > 0 ? { premarket } : {}),
  }
}

function read(path: string): { day: number; start: number; prices: Row['prices'] }[] {
  return readCells(path)
    .slice(1)
    .map(([stamp, ...prices]) => ({
      day: dayOf(stamp.slice(0, 10)),
      start: Number(stamp.slice(11, 13)) * 60 + Number(stamp.slice(14, 16)),
      prices: prices.map(Number) as Row['prices'],
    }))
}

function splitsOf(symbol: string): [number, number][] {
  return readCells('market/corporate_actions.csv')
    .filter((cells) => cells[0] === symbol && cells[2] === 'split')
    .map(([, date, , ratio]) => [dayOf(date), Number(ratio)])
}

function hours(symbol: string): BarSeries {
  // Before 2007 the files hold bars after the close of half days; the windows begin in 2008.
  const rows = read(`market/intraday/hour/${symbol}.csv.gz`)
    .filter(({ day, start }) => start < 16 * 60 && instantOf(day, start) < nyse.closeInstant(day))
    .map(({ day, start, prices }) => ({ day, end: (start / 60 + 1) * 60, prices }))
  return seriesOf(symbol, '1h', rows, [], splitsOf(symbol))
}

function fives(symbol: string, path = `market/intraday/minute/${symbol}.csv.gz`): BarSeries {
  const early: Row[] = []
  const rows: Row[] = []
  for (const { day, start, prices } of read(path)) {
    if (start < 570) early.push({ day, end: start + 1, prices })
    if (start < 570 || start >= (halfDays.has(day) ? 780 : 960)) continue
    const end = start - (start % 5) + 5
    const open = rows.at(-1)
    if (open?.day !== day || open.end !== end) rows.push({ day, end, prices: [...prices] })
    else {
      const [, high, low, close, volume] = prices
      open.prices[1] = Math.max(open.prices[1], high)
      open.prices[2] = Math.min(open.prices[2], low)
      open.prices[3] = close
      open.prices[4] += volume
    }
  }
  return seriesOf(symbol, '5m', rows, early, splitsOf(symbol))
}

withShared('the expected lists of the intraday development prompts', () => {
  const markets = new Map<string, Market>()
  const marketFor = (dataset: ExpectedSet['dataset']): Market => {
    let market = markets.get(dataset)
    if (market) return market
    const series =
      dataset === 'dev_hour'
        ? ['AAPL', 'BAC', 'SPY'].map(hours)
        : dataset === 'dev_5m'
          ? ['AAPL', 'BAC', 'GOOG', 'SPY', 'TWX'].map((symbol) => fives(symbol))
          : [fives('SPY', 'market/intraday/minute/SPY_2020-12.csv')]
    market = { ...marketOf(series, { calendar: nyse }), timeframe: series[0].timeframe }
    markets.set(dataset, market)
    return market
  }

  it('are all here', () => expect(sets).toHaveLength(8))

  it.each(sets)('$id on $dataset', (set) => {
    const market = marketFor(set.dataset)
    const rule = parseRule(set.rule as never)
    const reading = ruleReading(rule)
    const [from, to] = set.window.map(dayOf)
    const found: string[] = []
    for (const symbol of market.symbols) {
      const series = market.bars(symbol)!
      const evaluator = createEvaluator(market, series)
      const member = evaluator.column(rule.universe)
      const signal = evaluator.column((set.clause === 'short' ? rule.short : rule.signal)!)
      const read = reading && readingBars(series, market.calendar, reading)
      for (let i = 0; i < series.length; i++) {
        if (series.day[i] < from || series.day[i] > to || member[i] !== 1 || signal[i] !== 1 || read?.[i] === 0)
          continue
        const minute = (series.time[i] - instantOf(series.day[i], 0)) / 60_000
        const clock = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')
        found.push(`${symbol},${isoDay(series.day[i])} ${clock}`)
      }
    }
    const expected = gunzipSync(readFileSync(shared(`prompts/${set.signal.file}`)))
      .toString()
      .split(/\r?\n/)
      .filter(Boolean)
      .slice(1)
    expect(found.sort()).toEqual(expected.sort())
    expect(found).toHaveLength(set.signal.rows)
  })
})
