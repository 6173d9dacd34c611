import { firstAt } from '../../lib/market/bars.ts'
import type { Market } from '../../lib/market/market.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { rsiAndVolume } from './v8-reference.ts'

/** What is measured, the figure, and what it rests on. */
export type BenchRow = [what: string, figure: string, note: string]

const RULE = parseExpression('rsi(close,14) < 30 and volume > 2*sma(volume,20)[1]')
const ROUNDS = 31
const LONGER = 10

/** The same rule on the same bars in memory, on one core: as columns and by hand, and on ten times the bars. */
export function columnsRows(market: Market, from: number): BenchRow[] {
  const longer = repeated(market, LONGER)
  const [hand, columns, long] = medians([
    () => byHand(market, from),
    () => onColumns(market, from),
    () => onColumns(longer, from),
  ])
  const bars = market.symbols.reduce((sum, symbol) => sum + market.bars(symbol)!.length, 0)
  const rate = `${(bars / columns.ms / 1_000).toFixed(0)} million bars/s`
  return [
    ['RSI and volume by hand, typed arrays', `${hand.ms.toFixed(2)} ms`, `${bars} bars, ${hand.signals} signals`],
    ['RSI and volume on columns', `${columns.ms.toFixed(2)} ms`, `${columns.signals} signals, ${rate}`],
    ['columns / by hand', `${(columns.ms / hand.ms).toFixed(2)}`, 'at most 3'],
    [`columns, ${LONGER} x the bars / columns`, `${(long.ms / columns.ms).toFixed(2)}`, 'at most 11'],
  ]
}

function byHand(market: Market, from: number): number {
  let signals = 0
  for (const symbol of market.symbols) {
    const { close, volume, day } = market.bars(symbol)!
    signals += rsiAndVolume(close, volume, firstAt(day, from))
  }
  return signals
}

function onColumns(market: Market, from: number): number {
  let signals = 0
  for (const symbol of market.symbols) {
    const series = market.bars(symbol)!
    const column = createEvaluator(market, series).column(RULE)
    for (let i = firstAt(series.day, from); i < column.length; i++) if (column[i] === 1) signals++
  }
  return signals
}

/** Median times of works run in turn, so that what else the machine does meets all of them alike. */
function medians(works: readonly (() => number)[]): { ms: number; signals: number }[] {
  const times = works.map((): number[] => [])
  const signals = works.map(() => 0)
  for (let round = 0; round < ROUNDS; round++) {
    works.forEach((work, i) => {
      const start = performance.now()
      signals[i] = work()
      times[i].push(performance.now() - start)
    })
  }
  return times.map((each, i) => ({ ms: each.sort((a, b) => a - b)[ROUNDS >> 1], signals: signals[i] }))
}

/** Each symbol's close and volume several times over, on days that go on. */
function repeated(market: Market, times: number): Market {
  const longer = new Map(
    market.symbols.map((symbol) => {
      const series = market.bars(symbol)!
      const { length } = series
      const column = (x: Float64Array) => {
        const out = new Float64Array(length * times)
        for (let k = 0; k < times; k++) out.set(x, k * length)
        return out
      }
      const day = Int32Array.from({ length: length * times }, (_, i) => series.day[0] + i)
      return [
        symbol,
        { ...series, length: length * times, day, close: column(series.close), volume: column(series.volume) },
      ]
    }),
  )
  return { ...market, bars: (symbol) => longer.get(symbol) }
}
