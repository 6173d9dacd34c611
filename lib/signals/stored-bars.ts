import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { type BarSeries, firstAt, type Timeframe } from '../market/bars.ts'
import { newYorkText } from '../market/new-york.ts'
import { requireCatalog, type ScanDeps } from './latest-pass.ts'

/** Days of one symbol, both included. */
export interface BarWindow {
  symbol: string
  from: number
  to: number
}

/** Bars of one symbol, oldest first, prices and shares as traded; `factor` is F: price / F is split-adjusted. */
export interface BarColumns {
  symbol: string
  date: string[]
  /** of bars shorter than a session: when each ended, New York */
  time?: string[]
  open: number[]
  high: number[]
  low: number[]
  close: number[]
  volume: number[]
  factor: number[]
}

/** Most bars of one answer: it has to fit into that of a function. */
export const MOST_BARS = 40_000

/**
 * The stored bars inside any of the windows, each once, by symbol; a symbol without stored bars is named in `missing`. Throws
 * `no_data` when nothing is stored, `too_large` for more than MOST_BARS bars.
 */
export async function storedBars(
  deps: Pick<ScanDeps, 'source' | 'catalog'>,
  windows: readonly BarWindow[],
  timeframe: Timeframe = '1d',
): Promise<{ bars: BarColumns[]; missing: string[] }> {
  const catalog = await requireCatalog(deps, timeframe)
  const stored = new Set(catalog.symbols.map(({ symbol }) => symbol))
  const asked = [...new Set(windows.map(({ symbol }) => symbol))].sort()
  const symbols = asked.filter((symbol) => stored.has(symbol))
  const missing = asked.filter((symbol) => !stored.has(symbol))
  if (symbols.length === 0) return { bars: [], missing }
  const from = Math.min(...windows.map((window) => window.from))
  const to = Math.max(...windows.map((window) => window.to))
  const market = await deps.source.load({ timeframe, symbols, from, to, lookback: 0 })
  const bars: BarColumns[] = []
  let total = 0
  for (const symbol of symbols) {
    const series = market.bars(symbol)
    const indices = series === undefined ? [] : within(series, windows)
    total += indices.length
    if (total > MOST_BARS)
      throw new AppError(
        'too_large',
        `The windows hold more than ${MOST_BARS} bars, the most of one answer. Ask for fewer windows at once.`,
      )
    if (series !== undefined) bars.push(columnsOf(series, indices))
  }
  return { bars, missing }
}

/** Indices of the bars inside any of the symbol's windows, ascending. */
function within(series: BarSeries, windows: readonly BarWindow[]): number[] {
  const own = windows.filter(({ symbol }) => symbol === series.symbol).sort((a, b) => a.from - b.from)
  const found: number[] = []
  let next = 0
  for (const { from, to } of own) {
    const end = firstAt(series.day, to + 1)
    for (let i = Math.max(next, firstAt(series.day, from)); i < end; i++) found.push(i)
    next = Math.max(next, end)
  }
  return found
}

function columnsOf(series: BarSeries, indices: readonly number[]): BarColumns {
  const take = (column: Float64Array) => indices.map((i) => column[i])
  return {
    symbol: series.symbol,
    date: indices.map((i) => isoDay(series.day[i])),
    ...(series.timeframe !== '1d' && { time: indices.map((i) => newYorkText(series.time[i])) }),
    open: take(series.rawOpen),
    high: take(series.rawHigh),
    low: take(series.rawLow),
    close: take(series.rawClose),
    volume: take(series.rawVolume),
    factor: take(series.factor),
  }
}
