import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { type BarDefect, type DefectKind, type ParsedBars, parseBars, symbolOfFile } from './bar-rows.ts'
import { defectsKey } from './catalog.ts'
import { shardOf } from './codec.ts'
import { Findings, type Intake, type Stored, storeBars } from './intake.ts'
import type { ObjectStore } from './objects.ts'
import type { ImportFile } from './table.ts'

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

const DEFECTS_SHOWN = 20

const noSymbol = (file: ImportFile) => `${file.name} is not named after a symbol: name it SYMBOL.csv or SYMBOL.csv.gz.`

/** Files by shard and symbol; one not named after a symbol is listed and passed by, two of one symbol end the import. */
export function filesByShard(source: BarSource): {
  shards: Map<number, [string, ImportFile][]>
  misnamed: BarDefect[]
} {
  const files = new Map<string, ImportFile>()
  if (source.single) return { shards: new Map(), misnamed: [] }
  const misnamed: BarDefect[] = []
  for (const file of source.files) {
    const symbol = symbolOfFile(file.name)
    const other = symbol && files.get(symbol)
    if (other)
      throw new AppError('bad_request', `${other.name} and ${file.name} are both files of ${symbol}: keep one.`)
    if (symbol) files.set(symbol, file)
    else misnamed.push({ symbol: '', file: file.name, line: 0, kind: 'unreadable', reason: noSymbol(file) })
  }
  const shards = new Map<number, [string, ImportFile][]>()
  for (const [symbol, file] of files) {
    const shard = shardOf(symbol)
    shards.set(shard, [...(shards.get(shard) ?? []), [symbol, file]])
  }
  return { shards, misnamed }
}

/** Reads the bars of a file; `symbol` is what its name says, the only one when `only` is set. */
type Parse<Bars> = (bytes: Uint8Array, name: string, symbol: string, only: boolean) => Bars[]

/** The symbols of a single file by shard: the one it is named after, or those of its symbol column. */
export async function readSingle<Bars extends ParsedBars>(
  file: ImportFile,
  parse: Parse<Bars>,
): Promise<Map<number, Bars[]>> {
  const shards = new Map<number, Bars[]>()
  for (const bars of parse(await file.bytes(), file.name, symbolOfFile(file.name) ?? '', false)) {
    if (bars.symbol === '' && bars.rows > 0) throw new AppError('bad_request', noSymbol(file))
    const shard = shardOf(bars.symbol)
    shards.set(shard, [...(shards.get(shard) ?? []), bars])
  }
  return shards
}

/** Parses a file of a directory; one that cannot be read is a defect, and the import goes on. */
export async function readFile<Bars extends ParsedBars>(
  symbol: string,
  file: ImportFile,
  parse: Parse<Bars>,
): Promise<Bars[] | BarDefect> {
  try {
    return parse(await file.bytes(), file.name, symbol, true)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'bad_request') throw error
    return { symbol, file: file.name, line: 0, kind: 'unreadable', reason: error.message }
  }
}

/**
 * Imports daily bars: all or nothing. A file is the truth for its symbol from its first to its last date; stored bars
 * outside that span, and other symbols, stay. Real bars replace a simulated market whole. Rows that cannot be used are
 * left out and listed with file, line and reason under `bars/1d/defects.csv`; importing the same again changes nothing. `onDefects` is told
 * all of them, also when no row is usable and the import is refused.
 */
export async function importBars(
  objects: ObjectStore,
  source: BarSource,
  onProgress: (filesDone: number, files: number) => void = () => {},
  onDefects: (defects: readonly BarDefect[]) => void = () => {},
): Promise<ImportReport> {
  // A single file may hold many symbols: it is parsed whole. Files of a directory are parsed when their shard's turn comes.
  const whole = source.single ? await readSingle(source.files[0], parseBars) : new Map<number, ParsedBars[]>()
  const { shards, misnamed } = filesByShard(source)
  let filesDone = 0
  const intake: Intake = {
    async bars(shard, _stored, found) {
      if (shard === 0) for (const defect of misnamed) found.addUnreadable(defect)
      const parsed = whole.get(shard) ?? []
      for (const [symbol, file] of shards.get(shard) ?? []) {
        const result = await readFile(symbol, file, parseBars)
        if (Array.isArray(result)) parsed.push(...result)
        else found.addUnreadable(result)
        onProgress(++filesDone, source.files.length)
      }
      return parsed
    },
    settles: (defect, found) => found.seen.has(defect.symbol),
  }
  const stored = await storeBars(objects, intake)
  onDefects((stored instanceof Findings ? stored : stored.found).defects)
  if (stored instanceof Findings) throw nothingUsable(source, stored)
  return report(source, stored, defectsKey('1d'))
}

export function nothingUsable(source: BarSource, found: Findings): AppError {
  const [first] = found.defects
  const unreadable = found.defects.every((defect) => defect.kind === 'unreadable')
  const why = first ? ` ${first.line > 0 ? `${first.file} line ${first.line}: ` : ''}${first.reason}` : ''
  const message = source.single || !unreadable ? `${source.path} holds no usable bar.` : `${source.path} holds no bars.`
  return new AppError(unreadable ? 'bad_request' : 'no_data', `${message}${why}`, {
    defects: found.defects.slice(0, DEFECTS_SHOWN),
  })
}

export function report(source: BarSource, { found, ...stored }: Stored, defectsKey: string): ImportReport {
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
    badRows: found.badRows,
    defects: found.kinds(),
    firstDefects: found.defects.slice(0, DEFECTS_SHOWN),
    defectsKey,
    ...stored,
  }
}
