import type { BarSeries } from '../../lib/market/bars.ts'
import type { Market } from '../../lib/market/market.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { crossAndRsi, gapAndVolume, rsiAndVolume } from './v8-reference.ts'

/** What is measured, the figure, and what it rests on. */
export type BenchRow = [what: string, figure: string, note: string]

type ByHand = (series: BarSeries, from: number) => number

/** Two conditions each, in the language and by hand. */
const RULES: readonly (readonly [what: string, rule: string, byHand: ByHand, note: string])[] = [
  [
    'RSI and volume',
    'rsi(close,14) < 30 and volume > 2*sma(volume,20)[1]',
    ({ close, volume }, from) => rsiAndVolume(close, volume, from),
    'at most 3',
  ],
  ['SMA cross and RSI', 'crosses_above(sma(close,10), sma(close,50)) and rsi(close,14) > 50', crossAndRsi, ''],
  ['gap and volume', 'open/close[1]-1 > 3% and volume > 1.5*sma(volume,20)[1]', gapAndVolume, ''],
]
const SYMBOLS = 405
const BARS = 504
const ROUNDS = 41
const LONGER = 10

/** The same rules on the same bars in memory, on one core: as columns and by hand, and on ten times the bars. */
export function columnsRows(market: Market): BenchRow[] {
  const short = seriesOf(market, 1)
  const long = seriesOf(market, LONGER)
  const size = `${short.length} symbols x ${BARS} bars`
  return RULES.flatMap(([what, text, hand, note]): BenchRow[] => {
    const rule = parseExpression(text)
    const [byHand, columns, longer] = medians([
      () => short.reduce((signals, series) => signals + hand(series, 0), 0),
      () => short.reduce((signals, series) => signals + onColumns(market, series, rule), 0),
      () => long.reduce((signals, series) => signals + onColumns(market, series, rule), 0),
    ])
    const rate = `${((short.length * BARS) / columns.ms / 1_000).toFixed(0)} million bars/s`
    return [
      [`${what} by hand, typed arrays`, `${byHand.ms.toFixed(2)} ms`, `${size}, ${byHand.signals} signals`],
      [`${what} on columns`, `${columns.ms.toFixed(2)} ms`, `${columns.signals} signals, ${rate}`],
      ['  columns / by hand', ratio(columns, byHand).toFixed(2), note],
      [`  ${LONGER} x the bars on columns`, `${ratio(longer, columns).toFixed(2)} x`, 'the time, at most 11'],
    ]
  })
}

function onColumns(market: Market, series: BarSeries, rule: ReturnType<typeof parseExpression>): number {
  const column = createEvaluator(market, series).column(rule)
  let signals = 0
  for (let i = 0; i < column.length; i++) if (column[i] === 1) signals++
  return signals
}

/** Times round by round, their median, and what was found. */
interface Measured {
  readonly times: readonly number[]
  readonly ms: number
  readonly signals: number
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]

/** The median over the rounds of how much longer one took than the other. */
const ratio = (a: Measured, b: Measured): number => median(a.times.map((time, round) => time / b.times[round]))

/** Works run in turn, so that what else the machine does meets all of them alike. */
function medians(works: readonly (() => number)[]): Measured[] {
  const times = works.map((): number[] => [])
  const signals = works.map(() => 0)
  for (let round = 0; round < ROUNDS; round++) {
    works.forEach((work, i) => {
      const start = performance.now()
      signals[i] = work()
      times[i].push(performance.now() - start)
    })
  }
  return times.map((each, i) => ({ times: each, ms: median(each), signals: signals[i] }))
}

/** The last bars of each symbol several times over, on days that go on. */
function seriesOf(market: Market, times: number): BarSeries[] {
  const long = market.symbols.map((symbol) => market.bars(symbol)!).filter(({ length }) => length >= BARS)
  return long.slice(0, SYMBOLS).map((series) => {
    const column = (x: Float64Array) => {
      const out = new Float64Array(BARS * times)
      for (let k = 0; k < times; k++) out.set(x.subarray(x.length - BARS), k * BARS)
      return out
    }
    return {
      ...series,
      length: BARS * times,
      day: Int32Array.from({ length: BARS * times }, (_, i) => series.day[0] + i),
      open: column(series.open),
      close: column(series.close),
      volume: column(series.volume),
    }
  })
}
