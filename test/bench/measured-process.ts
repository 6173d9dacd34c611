/** A process of its own for what is measured, as a function on Lambda is one: it says what its work took, and how much memory it came to. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cloneCodec } from '../../lib/adapters/local/codec.ts'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { loadEngine } from '../../lib/adapters/local/quickjs-engine.ts'
import { runChunk } from '../../lib/backtest/chunk.ts'
import { merge } from '../../lib/backtest/merge.ts'
import type { ScannedChunk } from '../../lib/backtest/scanned.ts'
import { settingsOf } from '../../lib/backtest/settings.ts'
import { unpackRows } from '../../lib/core/rows.ts'
import { BarCache, marketSource, readCatalog } from '../../lib/market/store.ts'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import { warmUp } from '../../lib/sandbox/warm-up.ts'
import { storedWithin } from '../../lib/signals/plan.ts'
import { viewStrategy } from '../../lib/signals/strategy-view.ts'
import { STRATEGIES } from './scale-strategies.ts'

/** One measurement: CPU time in ms, the bars or signals it was of, the bytes it answered, the memory the process came to. */
export interface Measured {
  ms: number
  symbols: number
  bars: number
  signals: number
  answerBytes: number
  peakMb: number
}

export interface MeasureOrder {
  home: string
  strategy: keyof typeof STRATEGIES
  from: number
  to: number
  /** how many symbols each chunk has; one after the other */
  sizes: number[]
  /** where answers are put, or lie for the merge of the one of the only size */
  answer: string
  merge: boolean
}

function answerFile(answer: string, size: number): string {
  return `${answer}-${size}`
}

const order: MeasureOrder = JSON.parse(process.argv[2])
const objects = await openDirectory(order.home)
const catalog = (await readCatalog(objects, '1d'))!
const strategy = STRATEGIES[order.strategy]
const window = { strategy, version: catalog.version, from: order.from, to: order.to, dataEnd: order.to }
/** A source that remembers nothing: every chunk reads its bars. */
const source = () => marketSource(objects, new BarCache(0))
/** Bars of the window and the lookback before it, as they are planned. */
const within = storedWithin({ ...window, lookback: viewStrategy(strategy).lookback })
const barsOf = (symbols: readonly string[]) => {
  const wanted = new Set(symbols)
  return catalog.symbols.reduce((sum, entry) => sum + (wanted.has(entry.symbol) ? within(entry).rows : 0), 0)
}
const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
const peakMb = () => process.resourceUsage().maxRSS / 1_024
const signalsOf = async (blocks: Uint8Array[]) => (await unpackRows(blocks)).length
const measured: Measured[] = order.merge ? [await mergeOnce()] : await chunksOnce()
console.log(JSON.stringify(measured))

async function chunksOnce(): Promise<Measured[]> {
  const sandbox = await createSandbox({ engine: await loadEngine(new URL('../../dist/engine.bin', import.meta.url)) })
  await warmUp(sandbox)
  const all = catalog.symbols.toSorted((a, b) => a.shard - b.shard || (a.symbol < b.symbol ? -1 : 1))
  const results: Measured[] = []
  for (const size of order.sizes) {
    const symbols = all.slice(0, size).map(({ symbol }) => symbol)
    const start = cpuMs()
    const answer = await runChunk({ ...window, symbols, fill: 'next_open', sumsReturns: false }, source(), sandbox)
    const bytes = cloneCodec.encode({ answer })
    const ms = cpuMs() - start
    await sandbox.ready()
    writeFileSync(answerFile(order.answer, size), bytes)
    const bars = barsOf(symbols)
    const signals = await signalsOf(answer.instances)
    results.push({ ms, symbols: size, bars, signals, answerBytes: bytes.byteLength, peakMb: peakMb() })
  }
  return results
}

/** The merge as the function that goes on with the run does it: the answer read, merged, and the result written as JSON. */
async function mergeOnce(): Promise<Measured> {
  const bytes = readFileSync(answerFile(order.answer, order.sizes[0]))
  const start = cpuMs()
  const { answer } = cloneCodec.decode(bytes) as { answer: ScannedChunk }
  const merged = await merge({ ...window, settings: settingsOf(strategy.rule) }, [answer], source())
  const [instances, trades] = [await unpackRows(merged.instances), await unpackRows(merged.trades)]
  const result = new TextEncoder().encode(JSON.stringify({ ...merged, instances, trades }))
  const { symbols } = merged.coverage
  const bars = barsOf(answer.coverage.map(({ symbol }) => symbol))
  const signals = instances.length
  return { ms: cpuMs() - start, symbols, bars, signals, answerBytes: result.byteLength, peakMb: peakMb() }
}
