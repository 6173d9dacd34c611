import { normal, seeded, seedOf } from '../core/random.ts'
import type { BarSeries, Premarket, Timeframe } from '../market/bars.ts'
import { nyse } from '../market/calendar.ts'
import { sessionEnds } from '../market/intraday-grid.ts'
import type { Market } from '../market/market.ts'
import type { Expr } from '../rule/ast.ts'
import { typeOf } from '../rule/check.ts'
import { isNonNegative, isPositive } from '../rule/settled.ts'

/** The first day on which constructed bars lie: sessions from 2000-01-03 on, so that calendar functions have real weeks and months. */
const FIRST_DAY = 10_959

/** The days and closing instants of so many bars. */
interface BarTimes {
  day: number[]
  time: number[]
}
const times = new Map<Timeframe, BarTimes>()

function barTimes(timeframe: Timeframe, count: number): { day: Int32Array; time: Float64Array } {
  const known = times.get(timeframe) ?? { day: [], time: [] }
  times.set(timeframe, known)
  while (known.day.length < count) {
    const day = nyse.nextSession((known.day.at(-1) ?? FIRST_DAY - 1) + 1)
    for (const end of sessionEnds(day, timeframe)) {
      known.day.push(day)
      known.time.push(end)
    }
  }
  return { day: Int32Array.from(known.day.slice(0, count)), time: Float64Array.from(known.time.slice(0, count)) }
}

/** Some bars before the open of most days, made of the day's first bar. */
function constructedPremarket(day: Int32Array, { open, volume }: PriceColumns): Premarket {
  const first = Array.from(day.keys()).filter((i) => day[i] !== day[i - 1] && day[i] % 5 !== 0)
  const shares = Float64Array.from(first, (i) => Math.floor(volume[i] / 10))
  return {
    day: Int32Array.from(first, (i) => day[i]),
    time: Float64Array.from(first, (i) => nyse.openInstant(day[i]) - (1 + (i % 90)) * 60_000),
    close: Float64Array.from(first, (i) => cents(open[i] * (1 + ((i % 7) - 3) / 100))),
    volume: shares,
    rawVolume: shares,
  }
}

interface PriceColumns {
  open: Float64Array
  high: Float64Array
  low: Float64Array
  close: Float64Array
  volume: Float64Array
}

function constructedSeries(symbol: string, columns: PriceColumns, timeframe: Timeframe): BarSeries {
  const { length } = columns.close
  const { day, time } = barTimes(timeframe, length)
  const ones = new Float64Array(length).fill(1)
  const { open, high, low, close, volume } = columns
  return {
    symbol,
    timeframe,
    length,
    day,
    time,
    ...(timeframe === '1d' ? {} : { premarket: constructedPremarket(day, columns) }),
    ...columns,
    rawOpen: open,
    rawHigh: high,
    rawLow: low,
    rawClose: close,
    rawVolume: volume,
    factor: ones,
    dividend: new Float64Array(length),
    split: ones,
    cut: false,
  }
}

/** A market of constructed series; any other symbol asked for (`on('SPY', ...)`) answers with the first one's bars. */
export function constructedMarket(series: readonly BarSeries[]): Market {
  const bySymbol = new Map(series.map((each) => [each.symbol, each]))
  return {
    timeframe: series[0].timeframe,
    symbols: [...bySymbol.keys()].sort(),
    calendar: nyse,
    simulated: true,
    listingsKnown: false,
    bars: (symbol) => bySymbol.get(symbol) ?? { ...series[0], symbol },
    listing: () => undefined,
    figures: () => [],
    // every other symbol belongs to whatever index is asked for
    membership: () => new Map(series.filter((_, i) => i % 2 === 0).map((each) => [each.symbol, [{ start: 0 }]])),
  }
}

const PULSES = 20

/**
 * Bars built around the window lengths that rule or code name: a walk, once noisy and once quiet, with a pulse of random size
 * every n - 1, n and n + 1 bars. A window that is one bar longer or shorter sees another pulse, which stored bars may show
 * only once in years.
 */
export function pulsedBars(windows: readonly number[], timeframe: Timeframe = '1d'): BarSeries[] {
  const longest = windows.reduce((most, n) => Math.max(most, n), 0)
  const spacings = [...new Set(windows.flatMap((n) => [n - 1, n, n + 1]))].filter((n) => n >= 1)
  return spacings.flatMap((spacing) => {
    const bars = PULSES * spacing + 2 * longest + 200
    return [
      pulsedSeries(`(constructed bars, pulse every ${spacing})`, spacing, bars, 0.02, timeframe),
      pulsedSeries(`(constructed quiet bars, pulse every ${spacing})`, spacing, bars, 0.003, timeframe),
    ]
  })
}

function pulsedSeries(symbol: string, spacing: number, bars: number, noise: number, timeframe: Timeframe): BarSeries {
  const uniform = seeded(seedOf(symbol))
  const columns = emptyColumns(bars)
  let level = 50
  for (let i = 0; i < bars; i++) {
    level *= Math.exp(noise * normal(uniform) - 0.02 * Math.log(level / 50))
    const pulse = i % spacing === 0 ? Math.exp(0.15 * normal(uniform)) : 1
    const open = level * Math.exp(0.5 * noise * normal(uniform))
    const close = level * pulse * Math.exp(0.7 * noise * normal(uniform))
    columns.open[i] = cents(open)
    columns.close[i] = cents(close)
    columns.high[i] = cents(Math.max(open, close) * (1 + noise * uniform()))
    columns.low[i] = cents(Math.min(open, close) * (1 - noise * uniform()))
    columns.volume[i] = Math.round(1e6 * Math.exp(20 * noise * normal(uniform)) * (pulse === 1 ? 1 : 1 + 3 * uniform()))
  }
  return constructedSeries(symbol, columns, timeframe)
}

function emptyColumns(length: number): PriceColumns {
  const column = () => new Float64Array(length)
  return { open: column(), high: column(), low: column(), close: column(), volume: column() }
}

const cents = (price: number): number => Math.round(price * 100) / 100

/** One leaf of a rule: an expression that code reads as a series. */
export interface Leaf {
  text: string
  expr: Expr
  /** values it took on stored bars; may be empty */
  seen: readonly number[]
}

/**
 * Independent values per bar for every leaf, drawn around what was seen, around the literals and around one another, so that
 * every comparison is met from both sides close to its threshold. Returns a series whose price columns are those leaves.
 */
export function probedLeaves(
  leaves: readonly Leaf[],
  literals: readonly number[],
  bars: number,
  timeframe: Timeframe = '1d',
): { series: BarSeries; overrides: Map<string, Float64Array> } {
  const uniform = seeded(leaves.length * 7919 + literals.length)
  const overrides = new Map<string, Float64Array>(leaves.map((leaf) => [leaf.text, new Float64Array(bars)]))
  const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]
  const noise = () => 1 + pick([0.0005, 0.02, 0.3]) * normal(uniform)
  const numeric = leaves.filter((leaf) => !isCondition(leaf.expr))
  const levels = literals.length > 0 ? literals : [1]
  for (let i = 0; i < bars; i++) {
    for (const leaf of leaves) {
      const draw = uniform()
      let value: number
      if (draw < 0.03) value = Number.NaN
      else if (isCondition(leaf.expr)) value = draw < 0.6 ? 1 : 0
      else if (draw < 0.35 && leaf.seen.length > 0) value = pick(leaf.seen) * noise()
      else if (draw < 0.65) value = pick(levels) * noise()
      else {
        const other = overrides.get(pick(numeric).text)!
        const near = tamed(other[Math.max(0, i - (uniform() < 0.5 ? 1 : 0))])
        const literal = pick(levels)
        value = near * noise() * pick([1, 1 + literal, 1 - literal, literal])
      }
      overrides.get(leaf.text)![i] = possible(leaf.expr, value)
    }
  }
  const columns = emptyColumns(bars)
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
    const column = overrides.get(name)
    if (column === undefined) columns[name].fill(1)
    else columns[name].set(column)
  }
  return { series: constructedSeries('(constructed values)', columns, timeframe), overrides }
}

/** A value to draw near: chains of draws must not run away to where arithmetic overflows. */
function tamed(value: number): number {
  return Math.abs(value) > 1e-6 && Math.abs(value) < 1e9 ? value : 1
}

const isCondition = (expr: Expr): boolean => typeOf(expr) === 'condition'

/** Prices are never 0 or less, volumes never less than 0: what cannot be stored is not constructed either. */
function possible(expr: Expr, value: number): number {
  return isPositive(expr) || isNonNegative(expr) ? Math.abs(value) || (isPositive(expr) ? 1 : 0) : value
}
