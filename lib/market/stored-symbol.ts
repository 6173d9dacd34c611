import { dateParts } from '../core/days.ts'
import { firstAt } from './bars.ts'
import type { SymbolEntry } from './catalog.ts'
import { copyRows, emptyColumns, type StoredColumns } from './codec.ts'
import type { StoredShard } from './intake.ts'

/** The stored bars of one symbol; only the years asked for are read. */
export class StoredSymbol {
  readonly entry: SymbolEntry
  readonly #shard: StoredShard

  constructor(shard: StoredShard, entry: SymbolEntry) {
    this.#shard = shard
    this.entry = entry
  }

  async #year(year: number): Promise<StoredColumns | undefined> {
    const object = this.#shard.objects.find((each) => each.year === year)
    const bars = object && (await this.#shard.read(object))
    const range = bars?.ranges.get(this.entry.symbol)
    if (!bars || !range) return undefined
    const columns = emptyColumns(range[1] - range[0])
    copyRows(bars.columns, range[0], range[1], columns, 0)
    return columns
  }

  /** The bars of [from, to]. */
  async rows(from: number, to: number): Promise<StoredColumns> {
    const parts: { columns: StoredColumns; from: number; to: number }[] = []
    for (let year = this.#from(from); year <= Math.min(this.#lastYear, dateParts(to).year); year++) {
      const columns = await this.#year(year)
      if (columns) parts.push({ columns, from: firstAt(columns.day, from), to: firstAt(columns.day, to + 1) })
    }
    const rows = emptyColumns(parts.reduce((sum, part) => sum + part.to - part.from, 0))
    let at = 0
    for (const part of parts) {
      copyRows(part.columns, part.from, part.to, rows, at)
      at += part.to - part.from
    }
    return rows
  }

  /** The day of the first bar on or after a day. */
  async firstFrom(day: number): Promise<number | undefined> {
    for (let year = this.#from(day); year <= this.#lastYear; year++) {
      const days = (await this.#year(year))?.day
      const at = days ? firstAt(days, day) : 0
      if (days && at < days.length) return days[at]
    }
    return undefined
  }

  #from(day: number): number {
    return Math.max(this.entry.firstYear, dateParts(day).year)
  }

  get #lastYear(): number {
    return this.entry.firstYear + this.entry.rows.length - 1
  }
}
