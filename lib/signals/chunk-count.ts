import type { Engine } from '../core/engine.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { EngineName } from './columns-engine.ts'
import { planChunks, type StoredSymbol } from './plan.ts'

/**
 * How a bar is decided, which is what a scan costs: by rule on `columns`, by code that reads `series`, by code that asks for
 * price `arrays` on each bar, by code that is given the whole universe on each session and answers `lists`.
 */
export type Style = 'columns' | 'series' | 'arrays' | 'lists'

/** What is to be scanned. */
export interface Work {
  symbols: number
  /** bars of the window and its lookback, all symbols together */
  rows: number
  style: Style
}

/** Work, how many machines are expected to do it side by side, and how long each takes to read one stored shard. */
export interface Planned extends Work {
  machines: number
  shardMs: number
}

/** Microseconds a bar takes on one core from stored object to instance, loading included; `npm run simulate:scale` measures them. */
export const US_PER_BAR: Readonly<Record<Style, number>> = { columns: 1, series: 1, arrays: 9, lists: 13 }
/** Milliseconds a chunk takes beside its bars, on a function that is warm: its message, its input, the catalog, its answer. */
export const CHUNK_MS = 250
/** A chunk holds the bars of its symbols: more symbols make more chunks, not larger ones. */
export const SYMBOLS_PER_CHUNK = 256

/** A chunk works about so long, or as long as it reads: short against the time-out and to be done again, long against CHUNK_MS. */
const TARGET_MS = 1_500
/** What is shorter is not worth a chunk of its own. */
const LEAST_MS = 250
/** Batches of a standard queue that Lambda takes side by side from the first moment; more come by hundreds a minute. */
const FIRST_POLLERS = 5
/** Chunks of one run, and batches of one queue side by side. */
const MOST_CHUNKS = 1_000

export const workMs = ({ rows, style }: Pick<Work, 'rows' | 'style'>): number => (rows * US_PER_BAR[style]) / 1_000

/**
 * Into how many chunks work over queues is best cut, for `machines` side by side: as many as the queue's first pollers take at
 * once where each is worth it, then as many as keep a chunk near 1.5 s, in whole rounds of the machines so that no round is nearly
 * empty; never more symbols in one than its memory holds. Every chunk reads the objects of its shards whole, `shardMs`: in many symbols'
 * data that is long, and worth it only for as much work. Grows with symbols and rows.
 */
export function chunkCount({ symbols, rows, style, machines, shardMs }: Planned): number {
  const ms = workMs({ rows, style })
  const atOnce = Math.min(FIRST_POLLERS, machines, Math.ceil(ms / Math.max(LEAST_MS, shardMs)))
  const inTime = Math.ceil(ms / Math.max(TARGET_MS, shardMs))
  const rounds = inTime > machines ? Math.ceil(inTime / machines) * machines : inTime
  const wanted = Math.min(MOST_CHUNKS, Math.max(1, atOnce, rounds))
  // A list is of the whole universe: its chunks are of sessions, and the symbols do not bound them.
  if (style === 'lists') return wanted
  return Math.min(Math.max(wanted, Math.ceil(symbols / SYMBOLS_PER_CHUNK)), Math.max(1, symbols))
}

/** What work is planned for. */
export type Machines = Pick<Engine, 'queued' | 'size'>

/** Into how many chunks work is cut for an engine: by measured cost where jobs go over queues, else so many for each thread. */
export function partsFor(
  { queued, size }: Machines,
  work: Work,
  { shardMs, perThread = 1 }: { shardMs: number; perThread?: number },
): number {
  if (queued) return chunkCount({ ...work, machines: size, shardMs })
  return Math.max(perThread * size, Math.ceil(work.symbols / SYMBOLS_PER_CHUNK))
}

/** The chunks of symbols for an engine: `asked` many, or as many as are best. */
export function chunksFor(
  engine: Machines,
  stored: readonly StoredSymbol[],
  { style, asked, ...how }: { style: Style; shardMs: number; perThread?: number; asked?: number },
): string[][] {
  if (asked !== undefined) return planChunks(stored, asked)
  const parts = partsFor(engine, workOf(stored, style), how)
  return planChunks(stored, parts, engine.queued ? SYMBOLS_PER_CHUNK : undefined)
}

export function workOf(stored: readonly StoredSymbol[], style: Style): Work {
  return { symbols: stored.length, rows: stored.reduce((sum, { rows }) => sum + rows, 0), style }
}

/** How a strategy's code reads, by symbol. */
export function styleOf(strategy: Pick<Strategy, 'history_days'>, engine: EngineName = 'quickjs'): Style {
  if (engine === 'columns') return 'columns'
  return strategy.history_days > 0 ? 'arrays' : 'series'
}
