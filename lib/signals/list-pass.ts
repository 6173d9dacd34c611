import { isoDay } from '../core/days.ts'
import { runAll } from '../core/engine.ts'
import { newYorkText } from '../market/new-york.ts'
import { chunksFor, styleOf } from './chunk-count.ts'
import { crossOf, crossPass } from './cross-pass.ts'
import { requireCatalog, type ScanDeps } from './latest-pass.ts'
import { listJob } from './list.ts'
import { shardMs, storedWithin } from './plan.ts'
import { select } from './selection.ts'
import { type ScanStrategy, viewStrategy } from './strategy-view.ts'

export interface ListRequest {
  from: number
  to: number
  side?: 'long' | 'short'
  symbols?: readonly string[]
}

/** One row of a list of signals; of intraday bars with the end of the bar, in New York and as epoch ms. */
export interface ListedSignal {
  symbol: string
  date: string
  /** YYYY-MM-DD HH:MM */
  time?: string
  timestamp?: number
  side: 'long' | 'short'
}

/** Every signal of the window, by symbol and date. */
export async function signalList(
  deps: ScanDeps,
  strategy: ScanStrategy,
  request: ListRequest,
): Promise<{ rows: ListedSignal[] }> {
  const { lookback, timeframe } = viewStrategy(strategy)
  const catalog = await requireCatalog(deps, timeframe)
  const { symbols, from, to } = select(catalog, request, () => request.from)
  const window = { strategy, version: catalog.version, from, to }
  const planned = { from, to, lookback }
  const stored = catalog.symbols.map(storedWithin(planned))
  const reading = shardMs(catalog, planned)
  const cross = await crossPass(
    deps.engine,
    window,
    chunksFor(deps.engine, stored, { style: 'columns', shardMs: reading }),
  )
  const wanted = new Set(symbols)
  const asked = stored.filter((each) => wanted.has(each.symbol))
  const chunks = chunksFor(deps.engine, asked, { style: styleOf(strategy), shardMs: reading, perThread: 2 })
  const inputs = chunks.map((chunk) => ({ ...window, symbols: chunk, cross: cross && crossOf(cross, chunk) }))
  const parts = await runAll(deps.engine, listJob, inputs)
  const rows = parts
    .flat()
    .sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : a.time - b.time || b.side - a.side))
    .map(({ symbol, day, time, side }): ListedSignal => {
      const moment = timeframe === '1d' ? {} : { time: newYorkText(time), timestamp: time }
      return { symbol, date: isoDay(day), ...moment, side: side === 1 ? 'long' : 'short' }
    })
  return { rows: request.side === undefined ? rows : rows.filter((row) => row.side === request.side) }
}
