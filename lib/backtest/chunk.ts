import { isoDay } from '../core/days.ts'
import { defineJob } from '../core/engine.ts'
import { coverage } from '../market/coverage.ts'
import type { MarketSource } from '../market/source.ts'
import type { Rule } from '../rule/ast.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { type ScannedSymbol, scan } from '../signals/scan.ts'
import { prepareScan, type ScanInput } from '../signals/scan-input.ts'
import type { StrategyView } from '../signals/strategy-view.ts'
import { exitRules } from './exit-rules.ts'
import type { Fill } from './exits.ts'
import { type Instance, instanceOf } from './instances.ts'
import { type ScannedChunk, ScannedParts } from './scanned.ts'
import { sizeParts } from './size-reads.ts'
import { entryOf } from './trades.ts'
import { addReturns, noReturns } from './universe-returns.ts'

export interface ChunkInput extends ScanInput {
  /** last day of the stored bars: a symbol that ends well before it has stopped trading */
  dataEnd: number
  /** when a signal is filled */
  fill: Fill
  /** whether the symbols are the benchmark, so that their returns are added up */
  sumsReturns: boolean
}

export const chunkJob = defineJob<ChunkInput, ScannedChunk>('backtest-chunk')

/** Scans a chunk of symbols and follows every signal to the end of its own trade. */
export async function runChunk(input: ChunkInput, stored: MarketSource, sandbox: Sandbox): Promise<ScannedChunk> {
  const { view, market, source } = await prepareScan(input, stored)
  const { symbols, from, to, cross, engine, limits, dataEnd, fill } = input
  const chunk = new ScannedParts(market.calendar, symbols)
  if (input.sumsReturns) chunk.returns = noReturns(from, to)
  const request = { strategy: view, market, symbols, from, to, cross, engine, limits }
  for await (const scanned of scan(request, source, sandbox)) {
    const { symbol, series, long, short } = scanned
    chunk.add(series, await instancesOf(scanned, view, dataEnd, fill), {
      ...coverage(series, market.calendar, from, to, dataEnd),
      unknownBars: unknown(scanned, view.rule),
      guestErrors: scanned.guestErrors,
    })
    if (scanned.counts.includes(1)) chunk.members++
    const { counts } = scanned
    if (chunk.returns !== undefined) addReturns(chunk.returns, series, from, (bar) => counts[bar - scanned.from] === 1)
    if (long?.includes(1) || short?.includes(1)) chunk.fired.push(symbol)
    const [first] = scanned.errors
    if (first !== undefined) chunk.errors.push({ symbol, date: isoDay(series.day[first.bar]), error: first.error })
  }
  return chunk.answer()
}

async function instancesOf(
  scanned: ScannedSymbol,
  view: StrategyView,
  dataEnd: number,
  fill: Fill,
): Promise<Instance[]> {
  const signals = view.rule?.clauses.once === undefined ? scanned.signals() : oncePerSession(scanned.signals())
  if (signals.length === 0) return []
  const { series, evaluator } = scanned
  const codeExits = view.entryPoints.includes('exitPosition')
  const rules = exitRules(view.rule, evaluator, codeExits, fill)
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
  const size = view.rule?.size
  const sizeColumns = size && sizeParts(size).map((part) => evaluator.column(part))
  return signals.map(({ bar, ...signal }, i) =>
    instanceOf(series, bar, signal, rules, {
      ...(codeExits ? { exitAt: exitAt.get(i) ?? -1, dataEnd } : { dataEnd }),
      sizeReads: sizeColumns?.map((column) => column[bar]),
    }),
  )
}

/** ONCE: the first true bar of each session. */
function oncePerSession<Timed extends { day: number }>(signals: readonly Timed[]): Timed[] {
  return signals.filter(({ day }, i) => i === 0 || signals[i - 1].day !== day)
}

/** Bars on which no side is known: by the rule where there is one, whoever decides, else by what the code returned. */
function unknown({ evaluator, long, short, from, to }: ScannedSymbol, rule: Rule | null): number {
  const isUnknown: ((bar: number) => boolean)[] = []
  if (rule === null) {
    for (const side of [long, short]) if (side !== null) isUnknown.push((bar) => side[bar - from] === 2)
  } else {
    for (const condition of [rule.signal, rule.short]) {
      const column = condition && evaluator.column(condition)
      if (column !== undefined) isUnknown.push((bar) => Number.isNaN(column[bar]))
    }
  }
  let count = 0
  for (let bar = from; bar < to; bar++) if (isUnknown.every((side) => side(bar))) count++
  return count
}
