import type { Clock } from '../core/clock.ts'
import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { isSymbol } from './bar-rows.ts'
import { lastClosedSession, nyse } from './calendar.ts'
import { readCatalog } from './catalog.ts'
import { SHARDS } from './codec.ts'
import { type Answers, fetchAnswers } from './fetch-answers.ts'
import { planSymbol, rereadFrom, type StoredDays, type SymbolPlan } from './fetch-plan.ts'
import { type FetchReport, fetchReport } from './fetch-report.ts'
import { type Fetched, mergedRows, type SymbolChanges } from './fetched-rows.ts'
import { type Intake, storeBars, storedShard } from './intake.ts'
import type { ObjectStore } from './objects.ts'
import { checkedRows, providedDay } from './provided-rows.ts'
import type { BarProvider } from './provider.ts'
import { untilPublished } from './publish.ts'
import { StoredSymbol } from './stored-symbol.ts'

export type { FetchReport } from './fetch-report.ts'

export interface FetchDeps {
  objects: ObjectStore
  provider: BarProvider
  clock: Clock
  /** of the symbols asked for, how many are answered */
  onProgress?: (done: number, total: number) => void
}

export interface FetchRequest {
  symbols: readonly string[]
  /** first day; may be absent when every symbol has stored bars: then only what follows them is fetched */
  start?: number
  /** last day; the last finished session when absent or later */
  end?: number
  /** how many of the newest stored sessions are read again for corrected bars */
  reread?: number
}

const REREAD_SESSIONS = 5

/**
 * Brings the stored daily bars of some symbols up to date from a provider: missing sessions, holes, bars that were corrected
 * since, and splits that became known later. All or nothing, and again without effect; the bar of a session that has not ended is
 * left out. Throws `bad_request` for a symbol without stored bars when no start is given.
 */
export async function fetchBars(deps: FetchDeps, request: FetchRequest): Promise<FetchReport> {
  const { objects, provider } = deps
  const symbols = [...new Set(request.symbols.map((symbol) => symbol.toUpperCase()))].sort()
  const wrong = symbols.find((symbol) => !isSymbol(symbol))
  if (wrong !== undefined) throw new AppError('bad_request', `"${wrong.slice(0, 40)}" is no symbol.`)
  if (symbols.length === 0) throw new AppError('bad_request', 'No symbol is named: there is nothing to fetch.')
  const settled = lastClosedSession(nyse, deps.clock() - provider.settledAfterMs)
  const end = Math.min(request.end ?? settled, settled)
  if (request.start !== undefined && request.end !== undefined && request.start > request.end)
    throw new AppError('bad_request', `The end ${isoDay(request.end)} is before the start ${isoDay(request.start)}.`)

  const before = provider.requests
  const plans = await planned(objects, symbols, request, end)
  const answers = await fetchAnswers(provider, plans, end, deps.onProgress ?? (() => {}))
  const { stored, changes } = await untilPublished(() => store(objects, provider.name, answers))
  const unchanged = (await readCatalog(objects, '1d'))?.version ?? null
  const requests = provider.requests - before
  return fetchReport({ provider: provider.name, plans, answers, changes, stored, unchanged, end, requests })
}

/** What to ask for, of every symbol, after a look at the stored days. */
async function planned(
  objects: ObjectStore,
  symbols: readonly string[],
  request: FetchRequest,
  end: number,
): Promise<SymbolPlan[]> {
  const catalog = await readCatalog(objects, '1d')
  const base = catalog?.simulated ? undefined : catalog
  const window = { start: request.start, end, reread: request.reread ?? REREAD_SESSIONS }
  const wanted = new Set(symbols)
  const held = new Map<string, StoredDays>()
  for (let shard = 0; shard < SHARDS; shard++) {
    const stored = storedShard(objects, base, shard)
    for (const entry of stored.symbols.filter((each) => wanted.has(each.symbol))) {
      const from = Math.min(window.start ?? Number.POSITIVE_INFINITY, rereadFrom(entry.last, window.reread))
      const { day } = await new StoredSymbol(stored, entry).rows(from, entry.last)
      held.set(entry.symbol, { first: entry.first, last: entry.last, days: day })
    }
  }
  const fresh = symbols.filter((symbol) => !held.has(symbol))
  if (window.start === undefined && fresh.length > 0) {
    const named = fresh.slice(0, 5).join(', ') + (fresh.length > 5 ? ', ...' : '')
    throw new AppError('bad_request', `No bars of ${named} are stored: say from which day on (a start).`)
  }
  return symbols.map((symbol) => planSymbol(symbol, held.get(symbol), window))
}

/** Puts the answers into the bars that stand now. */
async function store(objects: ObjectStore, provider: string, answers: Answers) {
  const changes = new Map<string, SymbolChanges>()
  const byShard = new Map<number, Fetched[]>()
  for (const { shard, bars, ...actions } of answers.symbols.values()) {
    const rows = checkedRows(provider, actions.symbol, bars)
    byShard.set(shard, [...(byShard.get(shard) ?? []), { rows, ...actions }])
  }
  const intake: Intake = {
    async bars(shard, stored, found) {
      const entries = new Map(stored.symbols.map((entry) => [entry.symbol, entry]))
      const merged = []
      for (const fetched of byShard.get(shard) ?? []) {
        const entry = entries.get(fetched.rows.symbol)
        const result = await mergedRows(fetched, entry && new StoredSymbol(stored, entry))
        changes.set(fetched.rows.symbol, result.changes)
        if (result.bars) merged.push(result.bars)
        else for (const defect of fetched.rows.defects) found.addUnreadable(defect)
      }
      return merged
    },
    settles(defect) {
      const day = providedDay(provider, defect)
      return day !== undefined && (answers.symbols.get(defect.symbol)?.asked(day) ?? false)
    },
  }
  return { stored: await storeBars(objects, intake), changes }
}
