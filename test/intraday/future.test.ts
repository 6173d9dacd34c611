import { beforeAll, describe, expect, it } from 'vitest'
import { isoDay } from '../../lib/core/days.ts'
import { seeded } from '../../lib/core/random.ts'
import { nyse } from '../../lib/market/calendar.ts'
import { clockText, closeMinute, type IntradayTimeframe } from '../../lib/market/intraday-grid.ts'
import type { Market } from '../../lib/market/market.ts'
import { newYorkInstant } from '../../lib/market/new-york.ts'
import { readingBars, readingOf } from '../../lib/rule/at.ts'
import { crossColumns } from '../../lib/rule/cross-section.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { lookbackOf } from '../../lib/rule/lookback.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { load, MINUTES, stored } from './worlds.ts'

/** Random bars of three symbols over some weeks with a half day and a change of clocks: missing bars, no volume, a pre-market, a split. */
const TIMEFRAME: IntradayTimeframe = '15m'
const FIRST = Date.UTC(2018, 9, 29) / 86_400_000
const LAST = Date.UTC(2018, 10, 30) / 86_400_000
const SYMBOLS = ['AAA', 'BBB', 'SPY']
const ACTIONS = ['AAA,2018-11-15,split,2', 'AAA,2018-11-20,dividend,0.5']

interface Row {
  symbol: string
  /** the instant at which the bar ends */
  end: number
  line: string
}

function randomRows(): Row[] {
  const uniform = seeded(11)
  const found: Row[] = []
  for (const symbol of SYMBOLS) {
    let price = 20 + 30 * uniform()
    for (let day = FIRST; day <= LAST; day++) {
      if (!nyse.isSession(day) || uniform() < 0.05) continue
      for (let minute = 510; minute < closeMinute(day); minute += 15) {
        if (uniform() < (minute < 570 ? 0.6 : 0.15)) continue
        price = Math.max(2, price * (0.98 + 0.0405 * uniform()))
        const prices = [price, price * 1.01, price * 0.99, price * (0.99 + 0.02 * uniform())].map((x) => x.toFixed(2))
        const volume = uniform() < 0.1 ? 0 : Math.floor(1000 * uniform())
        const line = `${isoDay(day)} ${clockText(minute)},${prices.join(',')},${volume}`
        found.push({ symbol, end: newYorkInstant(day, minute + 15), line })
      }
    }
  }
  return found
}

const ROWS = randomRows()
const request = { timeframe: TIMEFRAME } as const

async function marketUpTo(instant: number): Promise<Market> {
  const files: Record<string, string[]> = {}
  for (const { symbol, end, line } of ROWS) if (end <= instant) files[symbol] = [...(files[symbol] ?? []), line]
  return load(await stored({ ...MINUTES, ...request }, files, ACTIONS), request)
}

const EXPRESSIONS = [
  'tod() + minutes_left()',
  'bar_of_day()',
  'dopen()/pclose() - 1',
  'dhigh() - dlow()',
  'day_rvol(3)',
  'raw_dvol()',
  'close > vwap()',
  'close > orh(30)',
  'close < orl(60)',
  'dhigh() > pd(highest(high,4))',
  'pd(rsi(close,3)) < 50',
  'pd(close[1])',
  'pm_last()/pclose() - 1',
  'pm_volume() + raw_pm_volume()',
  'highest(high,30)[2]',
  'crosses_above(close, sma(close,20))',
  'count(close > vwap(),10) >= 3',
  'wk(close)',
  'wk(highest(high,2))',
  'mo(volume)',
  "on('SPY', close > vwap())",
  "on('SPY', pd(close))",
  'xrank(dopen()/pclose())',
  'breadth(close > dopen())',
  'ema(close,5)',
  'month_end() or week_end()',
]

/** The columns of the expressions on a symbol's bars, by the end of the bar. */
function columns(market: Market, symbol: string): Map<number, number[]> {
  const series = market.bars(symbol)
  if (series === undefined) return new Map()
  const parsed = EXPRESSIONS.map(parseExpression)
  const cross = crossColumns(market, market.symbols, parsed, parseExpression('close > 0'))
  const evaluator = createEvaluator(market, series, { cross })
  const found = parsed.map((expr) => evaluator.column(expr))
  const read = ['08:45', '10:30', '15:30'].map((at) => readingBars(series, market.calendar, readingOf(at, TIMEFRAME)!))
  return new Map(Array.from(series.time, (time, i) => [time, [...found, ...read].map((column) => column[i])]))
}

describe('on intraday bars', () => {
  let whole: Market
  let expected: Map<string, Map<number, number[]>>
  beforeAll(async () => {
    whole = await marketUpTo(Number.POSITIVE_INFINITY)
    expected = new Map(SYMBOLS.map((symbol) => [symbol, columns(whole, symbol)]))
  })

  it('every value is something on some bar, so that there is something to compare', () => {
    const values = [...expected.values()].flatMap((bars) => [...bars.values()])
    EXPRESSIONS.forEach((text, k) => {
      expect(values.filter((each) => !Number.isNaN(each[k])).length, text).toBeGreaterThan(50)
    })
  })

  it('cutting the data after any bar leaves every value up to it as it was', async () => {
    const uniform = seeded(5)
    const ends = [...new Set(ROWS.map(({ end }) => end))].sort((a, b) => a - b)
    for (let cut = 0; cut < 12; cut++) {
      const instant = ends[Math.floor(uniform() * ends.length)]
      const market = await marketUpTo(instant)
      for (const symbol of SYMBOLS)
        for (const [time, values] of columns(market, symbol))
          expect(values, `${symbol} ${new Date(time).toISOString()} cut at ${new Date(instant).toISOString()}`).toEqual(
            expected.get(symbol)!.get(time),
          )
    }
  })

  it('the lookback gives the values of the whole history', async () => {
    const store = await stored(
      { ...MINUTES, ...request },
      Object.fromEntries(
        SYMBOLS.map((each) => [each, ROWS.filter((row) => row.symbol === each).map((row) => row.line)]),
      ),
      ACTIONS,
    )
    const from = Date.UTC(2018, 10, 19) / 86_400_000
    for (const text of EXPRESSIONS.filter((each) => !/xrank|breadth|ema/.test(each))) {
      const expr = parseExpression(text)
      const market = await load(store, { ...request, from, lookback: lookbackOf(expr, TIMEFRAME) })
      const k = EXPRESSIONS.indexOf(text)
      for (const symbol of SYMBOLS) {
        const series = market.bars(symbol)!
        const column = createEvaluator(market, series).column(expr)
        for (let i = 0; i < series.length; i++)
          if (series.day[i] >= from)
            expect(column[i], `${text} ${symbol}`).toEqual(expected.get(symbol)!.get(series.time[i])![k])
      }
    }
  })
})
