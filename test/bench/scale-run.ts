import { planOf } from '../../lib/backtest/backtest-plan.ts'
import { chunksOf } from '../../lib/backtest/by-symbols.ts'
import { backtestShape } from '../../lib/backtest/estimate.ts'
import { addUsage, costOf, functionUse, type Usage } from '../../lib/core/cost.ts'
import { yearsBefore } from '../../lib/core/days.ts'
import type { Catalog } from '../../lib/market/catalog.ts'
import { estimateOf, MEMORY_MB, wallOf } from '../../lib/signals/estimate.ts'
import { storedWithin } from '../../lib/signals/plan.ts'
import { type QueueRules, simulateQueue } from './queue-simulation.ts'
import { imaginedCatalog, LAST_DAY } from './scale-market.ts'
import { STRATEGIES } from './scale-strategies.ts'

/** What was measured in this run, on one core. */
export interface Speeds {
  chunk: { fixedMs: number; usPerBar: number; mb: number; bytesPerBar: number }
  merge: { fixedMs: number; usPerBar: number; msPerSignal: number; mb: number; kbPerSignal: number }
  signalsPerBar: number
  answerBytesPerSignal: number
  /** a stored bar */
  objectBytesPerBar: number
}

/** What was not, and cannot be here. */
export const ASSUMED = {
  /** a core of Lambda against the one measured */
  core: 1,
  s3MbPerSecond: 75,
  s3Ms: 30,
  s3AtOnce: 8,
  answersAtOnce: 16,
  sendMs: 20,
  countMs: 15,
  askMs: 150,
  /** the request that waits looks so often */
  lookMs: 500,
  coldMs: 800,
  machines: 50,
  queue: { first: 5, perMinute: 300, most: 1_000, deliveryMs: 50 },
} as const

const YEARS = 10
/** Requests of a chunk one after another: input, answer looked for, catalog and what is stored beside the bars, answer written. */
const REQUESTS = 6

const catalogs = new Map<number, Catalog>()

export interface SimulatedRun {
  bars: number
  chunks: number
  sideBySide: number
  coldStarts: number
  wallS: number
  chunkS: { middle: number; longest: number }
  mergeS: number
  chunkMb: number
  mergeMb: number
  cents: number
  estimateCents: number
  estimateS: number
  parts: Record<string, number>
}

/** One backtest of so many symbols over ten years of daily bars: planned by the real code, then played through the queues' rules. */
export async function simulateRun(
  style: 'series' | 'arrays',
  symbols: number,
  speeds: Speeds,
  warm: boolean,
): Promise<SimulatedRun> {
  const engine = { queued: true, size: ASSUMED.machines }
  const catalog = catalogs.get(symbols) ?? imaginedCatalog(symbols, YEARS + 3)
  catalogs.set(symbols, catalog)
  const progress = { planned: async () => {}, chunkDone: async () => {} }
  const from = yearsBefore(LAST_DAY, YEARS)
  const plan = await planOf({ catalog: async () => catalog }, STRATEGIES[style], { from, to: LAST_DAY, progress })
  const shape = backtestShape(engine, plan)
  const chunks = chunksOf(engine, plan, plan.selection.symbols)

  const entries = new Map(catalog.symbols.map((entry) => [entry.symbol, entry]))
  const within = storedWithin(plan.window)
  const perShard = new Map<number, number>()
  const barsOf = (symbol: string) => within(entries.get(symbol)!).rows
  for (const { symbol, shard } of catalog.symbols) perShard.set(shard, (perShard.get(shard) ?? 0) + barsOf(symbol))
  const years = Math.ceil(shape.mergeGets / 16)
  const chunkOf = (names: readonly string[]) => {
    const shards = new Set(names.map((name) => entries.get(name)!.shard))
    const bars = names.reduce((sum, name) => sum + barsOf(name), 0)
    const read = [...shards].map((shard) => perShard.get(shard)! * speeds.objectBytesPerBar)
    const gets = REQUESTS + Math.ceil((shards.size * years) / ASSUMED.s3AtOnce)
    const readMs = gets * ASSUMED.s3Ms + transferMs(read.reduce((sum, bytes) => sum + bytes, 0))
    const computeMs = (speeds.chunk.fixedMs + (bars * speeds.chunk.usPerBar) / 1_000) * ASSUMED.core
    // Shards are read one after the other: the objects of one are in memory at once.
    const mb = speeds.chunk.mb + (bars * speeds.chunk.bytesPerBar + Math.max(...read)) / 2 ** 20
    return { bars, workMs: readMs + computeMs, mb }
  }
  const jobs = chunks.map(chunkOf)
  const bars = jobs.reduce((sum, job) => sum + job.bars, 0)
  const signals = bars * speeds.signalsPerBar

  const rules: QueueRules = { ...ASSUMED.queue, coldMs: ASSUMED.coldMs, warm: warm ? ASSUMED.queue.most : 0 }
  const beginMs = Math.ceil(jobs.length / ASSUMED.answersAtOnce) * ASSUMED.s3Ms
  const start = simulateQueue([{ sentAt: ASSUMED.askMs, workMs: beginMs }], rules)
  const sent = jobs.map(({ workMs }, i) => ({
    sentAt: start.doneAt[0] + Math.ceil((i + 1) / 10) * ASSUMED.sendMs,
    workMs,
  }))
  const worked = simulateQueue(sent, rules)
  const ended = worked.doneAt.toSorted((a, b) => a - b).map((sentAt) => ({ sentAt, workMs: ASSUMED.countMs }))
  const counted = simulateQueue(ended, rules)
  const answersMs =
    Math.ceil(jobs.length / ASSUMED.answersAtOnce) * ASSUMED.s3Ms + transferMs(signals * speeds.answerBytesPerSignal)
  const barsMs =
    Math.ceil(shape.mergeGets / ASSUMED.s3AtOnce) * ASSUMED.s3Ms + transferMs(bars * speeds.objectBytesPerBar)
  const { fixedMs, usPerBar, msPerSignal } = speeds.merge
  const mergeMs =
    answersMs + barsMs + (fixedMs + (bars * usPerBar) / 1_000 + signals * msPerSignal) * ASSUMED.core + answersMs
  const wallMs = Math.max(...counted.doneAt) + mergeMs + ASSUMED.lookMs / 2

  const lambda = addUsage(
    functionUse('authorize', MEMORY_MB.authorize, 1, 20),
    functionUse('ask', MEMORY_MB.ask, 1, Math.min(25_000, wallMs)),
    functionUse('chunk', MEMORY_MB.chunk, jobs.length, worked.billedMs),
    functionUse('merge', MEMORY_MB.merge, 1 + jobs.length, start.billedMs + counted.billedMs + mergeMs),
  )
  const estimate: Usage = estimateOf(shape)
  const cost = costOf({ ...estimate, ...lambda })
  const lengths = jobs.map(({ workMs }) => workMs).sort((a, b) => a - b)
  return {
    bars,
    chunks: jobs.length,
    sideBySide: worked.sideBySide,
    coldStarts: start.coldStarts + worked.coldStarts + counted.coldStarts,
    wallS: wallMs / 1_000,
    chunkS: { middle: lengths[lengths.length >> 1] / 1_000, longest: lengths[lengths.length - 1] / 1_000 },
    mergeS: mergeMs / 1_000,
    chunkMb: Math.max(...jobs.map(({ mb }) => mb)),
    mergeMb: speeds.merge.mb + (signals * speeds.merge.kbPerSignal) / 1_024,
    cents: cost.cents,
    estimateCents: costOf(estimate).cents,
    estimateS: wallOf(shape) / 1_000,
    parts: cost.parts,
  }
}

const transferMs = (bytes: number): number => (bytes / 2 ** 20 / ASSUMED.s3MbPerSecond) * 1_000
