/** What a strategy that lists instances itself needs of the bars, symbol by symbol: its sessions before, its returns after. */
import { defineJob } from '../core/engine.ts'
import { firstAt } from '../market/bars.ts'
import { coverage } from '../market/coverage.ts'
import type { MarketSource } from '../market/source.ts'
import { pinned } from '../signals/scan-input.ts'
import type { Signal } from '../signals/signals.ts'
import type { Fill } from './exits.ts'
import { instanceOf } from './instances.ts'
import { type ScannedChunk, ScannedParts } from './scanned.ts'
import { addReturns, noReturns } from './universe-returns.ts'

/** A chunk of symbols and the days of the run, both included. */
export interface BarsInput {
  version: string
  symbols: string[]
  from: number
  to: number
}

export const daysJob = defineJob<BarsInput, number[]>('backtest-days')

/** Days of the window on which any of the symbols has a bar. */
export async function daysWithBars({ version, ...window }: BarsInput, stored: MarketSource): Promise<number[]> {
  const market = await pinned(stored, version).load({ timeframe: '1d', ...window, lookback: 0 })
  const days = new Set<number>()
  for (const symbol of market.symbols) for (const day of market.bars(symbol)!.day) days.add(day)
  return [...days]
}

export interface FollowInput extends BarsInput {
  dataEnd: number
  /** when a signal is filled */
  fill: Fill
  /** what was listed for the symbols, by session; `negative`: as no signal */
  listed: { signal: Signal; negative: boolean }[]
  /** how many of the symbols were members on some session */
  members: number
  /** whether the symbols are the benchmark, so that their returns are added up */
  sumsReturns: boolean
}

export const followJob = defineJob<FollowInput, ScannedChunk>('backtest-follow')

/** Follows every listed instance on its own bars. */
export async function follow(input: FollowInput, stored: MarketSource): Promise<ScannedChunk> {
  const { version, symbols, from, to, dataEnd, fill, listed } = input
  const market = await pinned(stored, version).load({ timeframe: '1d', symbols, from, to, lookback: 0 })
  const bySymbol = new Map<string, FollowInput['listed']>(symbols.map((symbol) => [symbol, []]))
  for (const each of listed) bySymbol.get(each.signal.symbol)!.push(each)
  const parts = new ScannedParts(market.calendar, symbols)
  if (input.sumsReturns) parts.returns = noReturns(from, to)
  for (const symbol of market.symbols) {
    const series = market.bars(symbol)!
    const instances = bySymbol.get(symbol)!.map(({ signal, negative }) => {
      const options = negative ? { dataEnd, classification: false } : { dataEnd }
      return instanceOf(series, firstAt(series.day, signal.day), signal, { fill }, options)
    })
    if (parts.returns !== undefined) addReturns(parts.returns, series, from)
    const covered = coverage(series, market.calendar, from, to, dataEnd)
    parts.add(series, instances, { ...covered, unknownBars: 0, guestErrors: 0 })
  }
  parts.members = input.members
  return parts.answer()
}
