import { type IntradayImport, importIntraday } from '../../lib/market/intraday-import.ts'
import type { Market } from '../../lib/market/market.ts'
import { newYorkText } from '../../lib/market/new-york.ts'
import type { MarketRequest } from '../../lib/market/source.ts'
import { BarCache, loadMarket } from '../../lib/market/store.ts'
import type { ImportFile } from '../../lib/market/table.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { MemoryStore } from '../market/memory-store.ts'
import { csv, directoryOf } from '../market/worlds.ts'

export const MINUTES: IntradayImport = { timeframe: '1m', stamp: 'start', zone: 'America/New_York' }
export const FIVE: IntradayImport = { ...MINUTES, timeframe: '5m' }

/** Rows of a file, from a date and lines `HH:MM open high low close volume`. */
export const rows = (date: string, ...lines: string[]) => lines.map((line) => `${date} ${line.replaceAll(' ', ',')}`)

/** A store with these files of bars, and splits and dividends where they are given. */
export async function stored(
  form: IntradayImport,
  files: Record<string, string[]>,
  actions?: string[],
): Promise<MemoryStore> {
  const store = new MemoryStore()
  const action: ImportFile | undefined = actions && csv('actions.csv', 'symbol,date,type,value', ...actions)
  const bars = Object.entries(files).map(([symbol, lines]) => csv(`${symbol}.csv`, ...lines))
  await importIntraday(store, directoryOf(...bars), { ...form, actions: action })
  return store
}

export const load = (store: MemoryStore, request: Partial<MarketRequest> = {}): Promise<Market> =>
  loadMarket(store, new BarCache(0), { timeframe: '5m', lookback: 0, ...request })

/** The values of an expression by the end of the bar, New York; null is undefined. */
export function valuesOf(market: Market, symbol: string, text: string): Record<string, number | null> {
  const series = market.bars(symbol)!
  const column = createEvaluator(market, series).column(parseExpression(text))
  return Object.fromEntries(
    Array.from(column, (value, i) => [newYorkText(series.time[i]), Number.isNaN(value) ? null : value]),
  )
}

/** Only the values, in the order of the bars. */
export const columnOf = (market: Market, symbol: string, text: string) => Object.values(valuesOf(market, symbol, text))
