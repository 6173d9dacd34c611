import type { Catalog } from '../market/catalog.ts'
import type { MarketSource } from '../market/source.ts'

/** What must be said of every result about the data it rests on; `isHistory`: it speaks of the past, not of one session. */
export async function marketWarnings(
  source: MarketSource,
  catalog: Catalog,
  universe: string | undefined,
  isHistory: boolean,
): Promise<string[]> {
  const warnings: string[] = []
  if (catalog.simulated)
    warnings.push('simulated market: invented bars, made to try the software. Nothing here happened.')
  const { listingsKnown } = await source.load({ timeframe: catalog.timeframe, symbols: [], lookback: 0 })
  if (!listingsKnown) {
    warnings.push(
      'No universe file is stored: every symbol counts as a stock except well-known ETFs, and sectors are unknown.',
    )
  }
  if (isHistory && !/\bindex_member\b/.test(universe ?? '')) {
    warnings.push(
      'survivorship-biased: the universe is what is stored today, not what was listed then (index_member tells membership as it was).',
    )
  }
  if (catalog.defects > 0) {
    warnings.push(`${catalog.defects} rows of the imported files were defective and left out (bars check lists them).`)
  }
  return warnings
}
