import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import type { Catalog } from '../market/catalog.ts'
import { closest } from '../rule/names.ts'

/** The symbols and days of a run. */
export interface Selection {
  symbols: string[]
  from: number
  to: number
}

/** First and last day of the stored bars. */
export function storedSpan(catalog: Catalog): { first: number; last: number } | null {
  if (catalog.symbols.length === 0) return null
  return {
    first: catalog.symbols.reduce((least, each) => Math.min(least, each.first), Number.POSITIVE_INFINITY),
    last: catalog.symbols.reduce((most, each) => Math.max(most, each.last), Number.NEGATIVE_INFINITY),
  }
}

/**
 * Checks what was asked for against what is stored: `from` defaults to `defaultFrom(last)`, `to` to the last stored day, the
 * symbols to all. Throws `bad_request` for an unknown symbol or an end before the start, `no_data` for days without bars.
 */
export function select(
  catalog: Catalog,
  asked: { from?: number; to?: number; symbols?: readonly string[] },
  defaultFrom: (last: number) => number,
): Selection {
  const span = storedSpan(catalog)
  if (span === null)
    throw new AppError(
      'no_data',
      'No bars are stored. Import some (bars import PATH) or make simulated ones (bars simulate).',
    )
  const to = asked.to ?? span.last
  // Days before the first bar of what is asked for hold nothing: they must not thin out a metric.
  const wanted = asked.symbols === undefined ? null : new Set(asked.symbols)
  const firstBar = catalog.symbols.reduce(
    (least, each) => (wanted === null || wanted.has(each.symbol) ? Math.min(least, each.first) : least),
    Number.POSITIVE_INFINITY,
  )
  const earliest = Number.isFinite(firstBar) ? firstBar : span.first
  const start = asked.from ?? defaultFrom(to)
  const from = to < earliest ? start : Math.max(earliest, start)
  if (to < from) throw new AppError('bad_request', `The end ${isoDay(to)} is before the start ${isoDay(from)}.`)
  if (to < span.first || from > span.last) {
    throw new AppError(
      'no_data',
      `No bars are stored between ${isoDay(from)} and ${isoDay(to)}; they go from ${isoDay(span.first)} to ${isoDay(span.last)}.`,
    )
  }
  return { symbols: knownSymbols(catalog, asked.symbols), from, to }
}

/** The asked symbols in code-unit order without repeats, all stored ones when none are named; `bad_request` for an unknown one. */
export function knownSymbols(catalog: Catalog, asked: readonly string[] | undefined): string[] {
  const stored = catalog.symbols.map((each) => each.symbol)
  if (asked === undefined) return stored
  const known = new Set(stored)
  for (const symbol of asked) {
    if (known.has(symbol)) continue
    const hint = closest(symbol, stored)
    throw new AppError(
      'bad_request',
      `No bars are stored for "${symbol}".${hint === undefined ? '' : ` Did you mean ${hint}?`}`,
      { symbol },
    )
  }
  return [...new Set(asked)].sort()
}
