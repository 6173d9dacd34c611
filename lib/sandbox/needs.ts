import { AppError } from '../core/errors.ts'
import { canonicalJson } from '../core/hash.ts'
import { universeExpression } from '../strategy/contract.ts'
import { ASK } from './guest.ts'
import type { GuestSymbol, Need, UniverseList } from './sandbox.ts'

/** Needs noted in one evaluation before the guest's next request is refused with an exception. */
const MOST_NEEDS = 8192
/** Requests of one symbol in one evaluation after which a loop is assumed that waits for data to appear. */
const MOST_REQUESTS = 10_000
/** Most lists of scanUniverse one evaluation may ask for. */
const MOST_LISTS = 64
const HEADER = 5

/**
 * The host's side of the guest's requests: hands over what was loaded and notes what was not. A guest that lacks data goes on
 * with empty arrays, so that one evaluation names as much of what it needs as possible; its answer is thrown away.
 */
export class NeedsDesk {
  readonly #symbols = new Map<string, GuestSymbol>()
  readonly #lists = new Map<string, UniverseList>()
  readonly #needs = new Map<string, Need>()
  /** symbols whose columns the guest holds */
  readonly #handed = new Set<string>()
  #stale = false
  #requests = 0

  load(data: GuestSymbol): void {
    this.#symbols.set(data.symbol, data)
    if (this.#handed.has(data.symbol)) this.#stale = true
  }

  loadUniverse(list: UniverseList): void {
    this.#lists.set(list.key, list)
    this.#stale = true
  }

  clear(): void {
    this.#symbols.clear()
    this.#lists.clear()
    this.#stale = true
  }

  lengthOf(symbol: string): number | undefined {
    return this.#symbols.get(symbol)?.time.length
  }

  /** The guest starts anew: it holds nothing. */
  forgetHanded(): void {
    this.#handed.clear()
    this.#stale = false
  }

  /** Whether the guest holds columns that were replaced; asking takes the mark away. */
  takeStale(): boolean {
    const stale = this.#stale
    this.#stale = false
    if (stale) this.#handed.clear()
    return stale
  }

  begin(): void {
    this.#needs.clear()
    this.#requests = 0
  }

  needs(): Need[] {
    return [...this.#needs.values()]
  }

  ask(kind: number, text: string, number: number): ArrayBuffer | string | undefined {
    if (kind === ASK.bars) return this.#bars(text, number)
    if (kind === ASK.history) return this.#note(`history ${text}`, { kind: 'history', symbol: text, days: number })
    if (kind === ASK.figures) return this.#note(`figures ${text}`, { kind: 'figures', symbol: text })
    return this.#universe(text, number)
  }

  #bars(symbol: string, days: number): ArrayBuffer | undefined {
    const data = this.#symbols.get(symbol)
    if (data === undefined) return this.#note(`bars ${symbol}`, { kind: 'bars', symbol, days })
    this.#handed.add(symbol)
    const { time, open, high, low, close, volume, columns = [], figures, warmUp = 0 } = data
    const all = [time, open, high, low, close, volume, ...columns, ...(figures ?? [])]
    const packed = new Float64Array(HEADER + all.length * time.length)
    packed.set([time.length, data.cut ? 1 : 0, columns.length, figures === undefined ? -1 : figures.length, warmUp])
    all.forEach((column, i) => {
      if (column.length !== time.length)
        throw new AppError('internal', `A column of ${symbol} has ${column.length} entries for ${time.length} bars.`)
      packed.set(column, HEADER + i * time.length)
    })
    return packed.buffer
  }

  /** The symbols that pass as of the instant, as JSON; throws for filters that do not exist. */
  #universe(filtersJson: string, asOf: number): string | undefined {
    const filters: Record<string, unknown> = JSON.parse(filtersJson)
    const key = canonicalJson(filters)
    const list = this.#lists.get(key)
    if (list === undefined) {
      universeExpression(filters)
      const lists = this.needs().filter((need) => need.kind === 'universe').length
      if (lists >= MOST_LISTS && !this.#needs.has(`universe ${key}`))
        throw new Error(`At most ${MOST_LISTS} different lists of scanUniverse in one evaluation.`)
      return this.#note(`universe ${key}`, { kind: 'universe', filters, key })
    }
    let at = list.time.length
    while (at > 0 && list.time[at - 1] > asOf) at--
    return JSON.stringify(at === 0 ? [] : list.symbols[at - 1])
  }

  #note(key: string, need: Need): undefined {
    const known = this.#needs.get(key)
    if (known === undefined || ('days' in need && 'days' in known && known.days < need.days)) this.#needs.set(key, need)
    if (this.#needs.size > MOST_NEEDS || ++this.#requests > MOST_REQUESTS)
      throw new Error('Too much data is missing; it is loaded first.')
    return undefined
  }
}
