/** Intraday bars from files: parsed once, grouped up to every larger bar, stored per bar size. */
import { type Actions, bookActions, readActions, storedActions } from './actions.ts'
import { type Catalog, defectsKey, nextGeneration, objectKey, readCatalog, sealed } from './catalog.ts'
import { SHARDS } from './codec.ts'
import { replaceDefects } from './defects.ts'
import { groupBars, inSession } from './group-bars.ts'
import {
  type BarSource,
  filesByShard,
  type ImportReport,
  nothingUsable,
  readFile,
  readSingle,
  report,
} from './import.ts'
import { Findings, storedShard } from './intake.ts'
import { coarser, type IntradayTimeframe } from './intraday-grid.ts'
import { type IntradayBars, parseIntraday } from './intraday-rows.ts'
import type { IntradayForm } from './intraday-stamps.ts'
import { mergeShard, type NewBars } from './merge.ts'
import type { ObjectStore } from './objects.ts'
import { publish } from './publish.ts'
import type { BarDefect } from './row-buffer.ts'
import type { ImportFile } from './table.ts'

export interface IntradayImport extends IntradayForm {
  /** `symbol,date,type,value` with splits and dividends; absent: those of the stored daily bars */
  actions?: ImportFile
  /** epoch ms: bars that have not ended by then are left out */
  now?: number
}

export interface IntradayReport extends ImportReport {
  /** bar sizes stored, the file's own first */
  timeframes: IntradayTimeframe[]
  preMarket: number
  /** left out: after the close, and bars still forming */
  afterMarket: number
  forming: number
  /** symbols for which no splits and dividends are known: their prices are used as they are */
  withoutActions: string[]
}

interface Target {
  timeframe: IntradayTimeframe
  began: Catalog | undefined
  symbols: Catalog['symbols']
  objects: Catalog['objects']
}

/**
 * Imports intraday bars: a file is the truth for its symbol on the days it has bars of, in its bar size and in all larger ones.
 * Bars of the pre-market are kept beside the session's; what trades after the close is left out and counted. All or nothing per bar
 * size; importing the same again changes nothing.
 */
export async function importIntraday(
  objects: ObjectStore,
  source: BarSource,
  form: IntradayImport,
  onProgress: (filesDone: number, files: number) => void = () => {},
  onDefects: (defects: readonly BarDefect[]) => void = () => {},
): Promise<IntradayReport> {
  const found = new Findings()
  const counts = { preMarket: 0, afterMarket: 0, forming: 0 }
  const given = form.actions && (await readActions(form.actions))
  const daily = await readCatalog(objects, '1d')
  const targets: Target[] = []
  for (const timeframe of coarser(form.timeframe))
    targets.push({ timeframe, began: await readCatalog(objects, timeframe), symbols: [], objects: [] })
  const parse = (bytes: Uint8Array, name: string, symbol: string, only: boolean) =>
    parseIntraday(bytes, name, symbol, only, form, form.now)
  const whole = source.single ? await readSingle(source.files[0], parse) : new Map<number, IntradayBars[]>()
  const { shards, misnamed } = filesByShard(source)
  for (const defect of [...misnamed, ...(given?.defects ?? [])]) found.addUnreadable(defect)
  const withoutActions: string[] = []
  let filesDone = 0
  let changed = 0
  for (let shard = 0; shard < SHARDS; shard++) {
    const parsed = whole.get(shard) ?? []
    for (const [symbol, file] of shards.get(shard) ?? []) {
      const result = await readFile(symbol, file, parse)
      if (Array.isArray(result)) parsed.push(...result)
      else found.addUnreadable(result)
      onProgress(++filesDone, source.files.length)
    }
    const stored = storedShard(objects, daily?.simulated ? undefined : daily, shard)
    const bars: NewBars[] = []
    for (const each of parsed) {
      found.add(each)
      for (const key of ['preMarket', 'afterMarket', 'forming'] as const) counts[key] += each[key]
      if (each.columns.day.length === 0) continue
      const { symbol, columns, span } = each
      const actions: Actions | undefined = given
        ? (given.bySymbol.get(symbol) ?? { splits: [], dividends: [] })
        : await storedActions(stored, symbol, span!)
      if (actions) bookActions(columns, actions)
      else withoutActions.push(symbol)
      bars.push({ symbol, columns, span, ...(actions ? { splits: actions.splits } : {}) })
    }
    for (const target of targets) changed += await mergeInto(objects, target, shard, bars, form.timeframe)
  }
  onDefects(found.defects)
  if (found.symbols === 0) throw nothingUsable(source, found)
  let version = ''
  for (const { timeframe, began, ...merged } of targets) {
    const settled = ({ symbol }: { symbol: string }) => found.seen.has(symbol)
    const defects = await replaceDefects(objects, timeframe, settled, found.defects)
    const next = sealed(began, { timeframe, simulated: false, defects, ...merged })
    await publish(objects, began, next)
    version ||= next.version
  }
  const base = report(source, { found, changed, replacedSimulated: false, version }, defectsKey(form.timeframe))
  return { timeframes: targets.map(({ timeframe }) => timeframe), ...base, ...counts, withoutActions }
}

/** Merges a shard's new bars into one bar size; gives how many objects changed. */
async function mergeInto(
  objects: ObjectStore,
  target: Target,
  shard: number,
  bars: readonly NewBars[],
  from: IntradayTimeframe,
): Promise<number> {
  const { timeframe, began } = target
  const stored = storedShard(objects, began, shard, timeframe)
  const grouped =
    timeframe === from ? bars : bars.map((each) => ({ ...each, columns: groupBars(each.columns, timeframe) }))
  const merged = await mergeShard(
    shard,
    grouped,
    stored,
    stored.read,
    (name) => objectKey(timeframe, nextGeneration(began), name),
    (key, bytes) => objects.put(key, bytes),
    inSession,
  )
  target.symbols.push(...merged.symbols)
  target.objects.push(...merged.objects)
  return merged.changed
}
