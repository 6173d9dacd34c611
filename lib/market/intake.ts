import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import type { BarDefect, DefectKind, ParsedBars } from './bar-rows.ts'
import type { Timeframe } from './bars.ts'
import { nyse } from './calendar.ts'
import { type Catalog, nextGeneration, type ObjectEntry, objectKey, readCatalog, sealed } from './catalog.ts'
import { type DecodedBars, decodeBars, SHARDS } from './codec.ts'
import { type DefectLine, replaceDefects } from './defects.ts'
import { mergeShard } from './merge.ts'
import type { ObjectStore } from './objects.ts'
import { publish } from './publish.ts'

/** What is stored of a shard, and how its objects are read. */
export interface StoredShard {
  readonly symbols: Catalog['symbols']
  readonly objects: Catalog['objects']
  read(entry: ObjectEntry): Promise<DecodedBars>
}

/** Where bars come from: the files of an import, or the answers of a provider. */
export interface Intake {
  /** the new bars of a shard; what cannot be used is told to the findings */
  bars(shard: number, stored: StoredShard, found: Findings): Promise<ParsedBars[]>
  /** whether the intake speaks anew of what this earlier defect was about */
  settles(defect: DefectLine, found: Findings): boolean
}

const MISSING_SHOWN = 5

function missingSessions(days: Int32Array): number[] {
  const missing: number[] = []
  for (let i = 1; i < days.length; i++)
    for (let day = days[i - 1] + 1; day < days[i]; day++) if (nyse.isSession(day)) missing.push(day)
  return missing
}

/** Adds up what an intake holds while it passes by, one shard at a time. */
export class Findings {
  symbols = 0
  rowsRead = 0
  rowsStored = 0
  first = Number.POSITIVE_INFINITY
  last = Number.NEGATIVE_INFINITY
  duplicates = 0
  unsorted = 0
  zeroVolume = 0
  /** symbols with missing sessions and their first few */
  missing: { symbol: string; count: number; days: string[] }[] = []
  defects: BarDefect[] = []
  /** symbols that were spoken of */
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

  /** How many defects there are of each kind. */
  kinds(): Partial<Record<DefectKind, number>> {
    const kinds: Partial<Record<DefectKind, number>> = {}
    for (const { kind } of this.defects) kinds[kind] = (kinds[kind] ?? 0) + 1
    return kinds
  }

  /** Rows that were left out. */
  get badRows(): number {
    return this.defects.filter(({ kind }) => kind !== 'outside' && kind !== 'unreadable').length
  }
}

/** What storing came to. */
export interface Stored {
  found: Findings
  /** objects written or dropped: 0 when everything was stored already */
  changed: number
  replacedSimulated: boolean
  version: string
}

/**
 * Merges the bars of an intake into the stored ones and publishes them: all or nothing. Throws `conflict` when another intake was
 * published meanwhile. Real bars replace a simulated market whole. Without a bar to store nothing is, and the findings say why.
 */
export async function storeBars(objects: ObjectStore, intake: Intake): Promise<Stored | Findings> {
  const began = await readCatalog(objects, '1d')
  const base = began?.simulated ? undefined : began
  const found = new Findings()
  const symbols: Catalog['symbols'] = []
  const entries: Catalog['objects'] = []
  let changed = 0
  for (let shard = 0; shard < SHARDS; shard++) {
    const stored = storedShard(objects, base, shard)
    const bars = await intake.bars(shard, stored, found)
    for (const each of bars) found.add(each)
    const merged = await mergeShard(
      shard,
      bars.filter((each) => each.columns.day.length > 0),
      stored,
      stored.read,
      (name) => objectKey('1d', nextGeneration(began), name),
      (key, bytes) => objects.put(key, bytes),
    )
    symbols.push(...merged.symbols)
    entries.push(...merged.objects)
    changed += merged.changed
  }
  if (found.symbols === 0) return found
  // Lines of symbols that are not stored (yet) stay: they may be those of an import at the same time.
  const defects = await replaceDefects(objects, '1d', (defect) => intake.settles(defect, found), found.defects)
  const next = sealed(began, { timeframe: '1d', simulated: false, defects, symbols, objects: entries })
  await publish(objects, began, next)
  if (began?.simulated) for (const key of await objects.list('simulated/')) await objects.delete(key)
  return { found, changed, replacedSimulated: began?.simulated === true, version: next.version }
}

/** The shard in a catalog; an object that is read twice is fetched once. */
export function storedShard(
  objects: ObjectStore,
  catalog: Catalog | undefined,
  shard: number,
  timeframe: Timeframe = '1d',
): StoredShard {
  const read = new Map<string, Promise<DecodedBars>>()
  const fetched = async (key: string) => {
    const bytes = await objects.get(key)
    if (bytes) return decodeBars(bytes, key)
    const now = await readCatalog(objects, timeframe)
    // Cleared away by two imports that have ended meanwhile, or lost.
    if (now?.generation !== catalog?.generation)
      throw new AppError(
        'conflict',
        'Other imports of bars ran at the same time: nothing of this one is stored. Import again.',
      )
    throw new AppError(
      'internal',
      `${key} is in the catalog and not stored: delete bars/${timeframe} and import again.`,
    )
  }
  return {
    symbols: catalog?.symbols.filter((entry) => entry.shard === shard) ?? [],
    objects: catalog?.objects.filter((entry) => entry.shard === shard) ?? [],
    read({ key }) {
      let bars = read.get(key)
      if (!bars) read.set(key, (bars = fetched(key)))
      return bars
    },
  }
}
