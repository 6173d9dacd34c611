import { isoDay } from '../core/days.ts'
import { defineJob } from '../core/engine.ts'
import { AppError } from '../core/errors.ts'
import { type BarCoverage, coverage } from '../market/coverage.ts'
import type { MarketSource } from '../market/source.ts'
import type { GuestError, Sandbox } from '../sandbox/sandbox.ts'
import { type ScannedSymbol, scan } from '../signals/scan.ts'
import { prepareScan, type ScanInput } from '../signals/scan-input.ts'
import type { StrategyView } from '../signals/strategy-view.ts'
import { exitRules } from './exit-rules.ts'
import { type Instance, instanceOf } from './instances.ts'
import { entryOf } from './trades.ts'

export interface ChunkInput extends ScanInput {
  /** last day of the stored bars: a symbol that ends well before it has stopped trading */
  dataEnd: number
}

export interface ScannedChunk {
  instances: Instance[]
  coverage: (BarCoverage & { unknownBars: number; guestErrors: number })[]
  /** the first guest error of each symbol that had one */
  errors: { symbol: string; date: string; error: GuestError }[]
  skipped: { symbol: string; reason: string }[]
  /** symbols that belong to UNIVERSE on some bar of the window */
  members: number
  /** decisions that both engines made */
  reproved: number
}

export const chunkJob = defineJob<ChunkInput, ScannedChunk>('backtest-chunk')

/** Scans a chunk of symbols and follows every signal to the end of its own trade. */
export async function runChunk(input: ChunkInput, stored: MarketSource, sandbox: Sandbox): Promise<ScannedChunk> {
  const { view, market, source } = await prepareScan(input, stored)
  const { symbols, from, to, cross, engine, sample, limits, dataEnd } = input
  const chunk: ScannedChunk = { instances: [], coverage: [], errors: [], skipped: [], members: 0, reproved: 0 }
  const request = { strategy: view, market, symbols, from, to, cross, engine, sample, limits }
  const scannedSymbols = new Set<string>()
  for await (const scanned of scan(request, source, sandbox)) {
    scannedSymbols.add(scanned.symbol)
    chunk.instances.push(...(await instancesOf(scanned, view, dataEnd)))
    requireFew(chunk.instances.length)
    if (scanned.counts.includes(1)) chunk.members++
    chunk.reproved += scanned.reproved()
    const unknownBars = unknown(scanned)
    chunk.coverage.push({
      ...coverage(scanned.series, market.calendar, from, to, dataEnd),
      unknownBars,
      guestErrors: scanned.guestErrors,
    })
    const [first] = scanned.errors
    if (first !== undefined) {
      chunk.errors.push({ symbol: scanned.symbol, date: isoDay(scanned.series.day[first.bar]), error: first.error })
    }
  }
  chunk.skipped = symbols
    .filter((symbol) => !scannedSymbols.has(symbol))
    .map((symbol) => ({ symbol, reason: 'no bars in the window' }))
  return chunk
}

async function instancesOf(scanned: ScannedSymbol, view: StrategyView, dataEnd: number): Promise<Instance[]> {
  const signals = scanned.signals()
  if (signals.length === 0) return []
  const { series, evaluator } = scanned
  const codeExits = view.entryPoints.includes('exitPosition')
  const rules = exitRules(view.rule, evaluator, codeExits)
  const exitAt = new Map<number, number>()
  if (codeExits) {
    const entered = signals.flatMap((signal, i) => {
      const entry = entryOf(series, signal.bar, rules)
      if (entry === null) return []
      return [{ i, position: { signal: signal.bar, entry: entry.entry, entryPrice: entry.price, side: signal.side } }]
    })
    const found = await scanned.exits(entered.map(({ position }) => position))
    for (const [at, { i }] of entered.entries()) exitAt.set(i, found[at])
  }
  return signals.map(({ bar, ...signal }, i) =>
    instanceOf(series, bar, signal, rules, codeExits ? { exitAt: exitAt.get(i) ?? -1, dataEnd } : { dataEnd }),
  )
}

/** Signals of one run: more would not fit the memory of whoever merges them. */
export const MOST_SIGNALS = 1_000_000

/** Throws `limit` for more signals than a run may have. */
export function requireFew(signals: number): void {
  if (signals <= MOST_SIGNALS) return
  throw new AppError(
    'limit',
    `The strategy gives more than ${MOST_SIGNALS} signals; narrow the condition, the symbols or the dates.`,
    {
      kind: 'output',
    },
  )
}

/** Bars on which every side the strategy has is unknown. */
function unknown({ long, short, from, to }: ScannedSymbol): number {
  let count = 0
  for (let i = 0; i < to - from; i++) {
    if ((long === null || long[i] === 2) && (short === null || short[i] === 2)) count++
  }
  return count
}
