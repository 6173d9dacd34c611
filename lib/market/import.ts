import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { type BarDefect, type DefectKind, type ParsedBars, parseBars, symbolOfFile } from './bar-rows.ts'
import { nyse } from './calendar.ts'
import { type Catalog, defectsKey, readCatalog, sealed } from './catalog.ts'
import { decodeBars, SHARDS, shardOf } from './codec.ts'
import { type DefectLine, encodeDefects, readDefects } from './defects.ts'
import { mergeShard } from './merge.ts'
import type { ObjectStore } from './objects.ts'
import { collectOrphans, publish } from './publish.ts'
import type { ImportFile } from './table.ts'
import { putChanged } from './universe.ts'

/** What is imported: one CSV file, or those of a directory, each named after its symbol. */
export interface BarSource {
  /** the path as the user gave it, for messages */
  readonly path: string
  readonly single: boolean
  readonly files: readonly ImportFile[]
}

export interface ImportReport {
  files: number
  symbols: number
  rowsRead: number
  rowsStored: number
  /** first and last day of the bars taken from the files */
  span: [string, string] | null
  duplicates: number
  unsorted: number
  zeroVolume: number
  missingSessions: number
  /** symbols with missing sessions, most first, with their first few */
  missing: { symbol: string; count: number; days: string[] }[]
  /** rows left out */
  badRows: number
  defects: Partial<Record<DefectKind, number>>
  /** the first 20; all are in the defects object */
  firstDefects: BarDefect[]
  defectsKey: string
  /** objects written or dropped: 0 when everything was stored already */
  changed: number
  replacedSimulated: boolean
  version: string
}

const MISSING_SHOWN = 5
const DEFECTS_SHOWN = 20

const misnamed = (file: ImportFile) => `${file.name} is not named after a symbol: name it SYMBOL.csv or SYMBOL.csv.gz.`

/** Files by shard and symbol; one not named after a symbol is listed and passed by, two of one symbol end the import. */
function byShard(source: BarSource, found: Findings): Map<number, [string, ImportFile][]> {
  const files = new Map<string, ImportFile>()
  for (const file of source.files) {
    const symbol = symbolOfFile(file.name)
    const other = symbol && files.get(symbol)
    if (other)
      throw new AppError('bad_request', `${other.name} and ${file.name} are both files of ${symbol}: keep one.`)
    if (symbol) files.set(symbol, file)
    else found.addUnreadable({ symbol: '', file: file.name, line: 0, kind: 'unreadable', reason: misnamed(file) })
  }
  const shards = new Map<number, [string, ImportFile][]>()
  for (const [symbol, file] of files) {
    const shard = shardOf(symbol)
    shards.set(shard, [...(shards.get(shard) ?? []), [symbol, file]])
  }
  return shards
}

/** The symbols of a single file by shard: the one it is named after, or those of its symbol column. */
async function parseWhole(file: ImportFile): Promise<Map<number, ParsedBars[]>> {
  const shards = new Map<number, ParsedBars[]>()
  for (const bars of parseBars(await file.bytes(), file.name, symbolOfFile(file.name) ?? '', false)) {
    if (bars.symbol === '' && bars.rows > 0) throw new AppError('bad_request', misnamed(file))
    const shard = shardOf(bars.symbol)
    shards.set(shard, [...(shards.get(shard) ?? []), bars])
  }
  return shards
}

/** Parses a file of a directory; one that cannot be read is a defect, and the import goes on. */
async function parseFile(symbol: string, file: ImportFile): Promise<ParsedBars[] | BarDefect> {
  try {
    return parseBars(await file.bytes(), file.name, symbol, true)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bad_request') throw error
    return { symbol, file: file.name, line: 0, kind: 'unreadable', reason: error.message }
  }
}

function missingSessions(days: Int32Array): number[] {
  const missing: number[] = []
  for (let i = 1; i < days.length; i++)
    for (let day = days[i - 1] + 1; day < days[i]; day++) if (nyse.isSession(day)) missing.push(day)
  return missing
}

/** Adds up what the files hold while they pass by, one shard at a time. */
class Findings {
  symbols = 0
  rowsRead = 0
  rowsStored = 0
  first = Number.POSITIVE_INFINITY
  last = Number.NEGATIVE_INFINITY
  duplicates = 0
  unsorted = 0
  zeroVolume = 0
  missing: ImportReport['missing'] = []
  defects: BarDefect[] = []
  /** symbols whose earlier defects these replace */
  seen = new Set<string>()

  add(bars: ParsedBars): void {
    const { day } = bars.columns
    this.seen.add(bars.symbol)
    this.rowsRead += bars.rows
    this.rowsStored += day.length
    this.duplicates += bars.duplicates
    this.unsorted += bars.unsorted
    this.zeroVolume += bars.zeroVolume
    for (const defect of bars.defects) this.defects.push(defect)
    if (day.length === 0) return
    this.symbols++
    this.first = Math.min(this.first, day[0])
    this.last = Math.max(this.last, day[day.length - 1])
    const missing = missingSessions(day)
    if (missing.length > 0) {
      const days = missing.slice(0, MISSING_SHOWN).map(isoDay)
      this.missing.push({ symbol: bars.symbol, count: missing.length, days })
    }
  }

  addUnreadable(defect: BarDefect): void {
    this.seen.add(defect.symbol)
    this.defects.push(defect)
  }
}

/**
 * Imports daily bars: all or nothing. A file is the truth for its symbol from its first to its last date; stored bars
 * outside that span, and other symbols, stay. Real bars replace a simulated market whole. Rows that cannot be used are
 * left out and listed with file, line and reason under `bars/1d/defects.csv`; importing the same again changes nothing.
 */
export async function importBars(
  objects: ObjectStore,
  source: BarSource,
  onProgress: (filesDone: number, files: number) => void = () => {},
): Promise<ImportReport> {
  const began = await readCatalog(objects, '1d')
  await collectOrphans(objects, began)
  const base = began?.simulated ? undefined : began
  const found = new Findings()

  // A single file may hold many symbols: it is parsed whole. Files of a directory are parsed when their shard's turn comes.
  const whole = source.single ? await parseWhole(source.files[0]) : new Map<number, ParsedBars[]>()
  const files = source.single ? new Map<number, [string, ImportFile][]>() : byShard(source, found)

  const symbols: Catalog['symbols'] = []
  const entries: Catalog['objects'] = []
  let changed = 0
  let filesDone = 0
  for (let shard = 0; shard < SHARDS; shard++) {
    const parsed = whole.get(shard) ?? []
    for (const [symbol, file] of files.get(shard) ?? []) {
      const result = await parseFile(symbol, file)
      if (Array.isArray(result)) parsed.push(...result)
      else found.addUnreadable(result)
      onProgress(++filesDone, source.files.length)
    }
    for (const bars of parsed) found.add(bars)
    const merged = await mergeShard(
      '1d',
      shard,
      parsed.filter((bars) => bars.columns.day.length > 0),
      {
        symbols: base?.symbols.filter((entry) => entry.shard === shard) ?? [],
        objects: base?.objects.filter((entry) => entry.shard === shard) ?? [],
      },
      async (entry) => {
        const bytes = await objects.get(entry.key)
        if (!bytes)
          throw new AppError(
            'internal',
            `${entry.key} is in the catalog and not stored: delete bars/1d and import again.`,
          )
        return decodeBars(bytes, entry.key)
      },
      (key, bytes) => objects.put(key, bytes),
    )
    symbols.push(...merged.symbols)
    entries.push(...merged.objects)
    changed += merged.changed
  }

  if (found.symbols === 0) throw nothingUsable(source, found)
  const kept = base ? (await readDefects(objects, '1d')).filter((defect) => !found.seen.has(defect.symbol)) : []
  const listed: DefectLine[] = [...kept, ...found.defects].sort(
    (a, b) => (a.symbol === b.symbol ? 0 : a.symbol < b.symbol ? -1 : 1) || a.line - b.line,
  )
  await putChanged(objects, defectsKey('1d'), encodeDefects(listed))
  const next = sealed({ timeframe: '1d', simulated: false, defects: listed.length, symbols, objects: entries })
  await publish(objects, began, next)
  if (began?.simulated) for (const key of await objects.list('simulated/')) await objects.delete(key)
  return report(source, found, { changed, replacedSimulated: began?.simulated === true, version: next.version })
}

function nothingUsable(source: BarSource, found: Findings): AppError {
  const [first] = found.defects
  const unreadable = found.defects.every((defect) => defect.kind === 'unreadable')
  const why = first ? ` ${first.line > 0 ? `${first.file} line ${first.line}: ` : ''}${first.reason}` : ''
  const message = source.single || !unreadable ? `${source.path} holds no usable bar.` : `${source.path} holds no bars.`
  return new AppError(unreadable ? 'bad_request' : 'no_data', `${message}${why}`, {
    defects: found.defects.slice(0, DEFECTS_SHOWN),
  })
}

function report(
  source: BarSource,
  found: Findings,
  stored: Pick<ImportReport, 'changed' | 'replacedSimulated' | 'version'>,
): ImportReport {
  const defects: ImportReport['defects'] = {}
  for (const { kind } of found.defects) defects[kind] = (defects[kind] ?? 0) + 1
  return {
    files: source.files.length,
    symbols: found.symbols,
    rowsRead: found.rowsRead,
    rowsStored: found.rowsStored,
    span: found.symbols > 0 ? [isoDay(found.first), isoDay(found.last)] : null,
    duplicates: found.duplicates,
    unsorted: found.unsorted,
    zeroVolume: found.zeroVolume,
    missingSessions: found.missing.reduce((sum, { count }) => sum + count, 0),
    missing: found.missing.sort((a, b) => b.count - a.count || (a.symbol < b.symbol ? -1 : 1)),
    badRows: found.defects.filter(({ kind }) => kind !== 'outside' && kind !== 'unreadable').length,
    defects,
    firstDefects: found.defects.slice(0, DEFECTS_SHOWN),
    defectsKey: defectsKey('1d'),
    ...stored,
  }
}
