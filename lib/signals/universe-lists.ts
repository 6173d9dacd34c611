import { canonicalJson } from '../core/hash.ts'
import { firstAt } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import { lookbackOf } from '../rule/lookback.ts'
import { parseExpression } from '../rule/parse.ts'
import type { UniverseList } from '../sandbox/sandbox.ts'
import { universeExpression } from '../strategy/contract.ts'

/** Symbols whose bars are in memory at once. */
const BATCH = 64

export interface UniverseAsk {
  filters: Record<string, unknown>
  key: string
  /** days reported on, both included */
  from: number
  to: number
  timeframe: Market['timeframe']
}

/**
 * Which symbols pass scanUniverse's filters as of each closing instant: by market capitalisation, then by symbol. Computed from a
 * few symbols at a time and kept for the other chunks of the run, so that no chunk holds the universe's bars.
 */
export async function universeList(source: MarketSource, ask: UniverseAsk): Promise<UniverseList> {
  const { filters, key, from, to, timeframe } = ask
  // No bars are loaded to learn what is known beside them.
  const { known } = await source.load({ timeframe, symbols: [], from, to, lookback: 0 })
  const name = known === undefined ? undefined : `list ${canonicalJson([filters, timeframe, from, to])} ${known}`
  const kept = name && (source.kept?.get(name) as UniverseList | undefined)
  if (kept) return kept
  const symbols = await source.symbols(timeframe)
  const passes = parseExpression(universeExpression(filters))
  const size = parseExpression('mcap')
  const found = new Map<number, { symbols: number[]; sizes: number[] }>()
  const lookback = Math.max(lookbackOf(passes), lookbackOf(size))
  for (let at = 0; at < symbols.length; at += BATCH) {
    const batch = symbols.slice(at, at + BATCH)
    const market = await source.load({ timeframe, symbols: batch, from, to, lookback })
    batch.forEach((symbol, i) => {
      const series = market.bars(symbol)
      if (series === undefined) return
      const evaluator = createEvaluator(market, series)
      const pass = evaluator.column(passes)
      const sizes = evaluator.column(size)
      for (let bar = firstAt(series.day, from); bar < series.length; bar++) {
        let entry = found.get(series.time[bar])
        if (entry === undefined) found.set(series.time[bar], (entry = { symbols: [], sizes: [] }))
        if (pass[bar] !== 1) continue
        entry.symbols.push(at + i)
        entry.sizes.push(sizes[bar] || 0)
      }
    })
  }
  const list = listOf(key, symbols, found)
  if (name !== undefined) source.kept?.set(name, list, bytesOf(list))
  return list
}

/** A name in a list is a reference to the one in the catalog. */
const REFERENCE_BYTES = 8
const bytesOf = ({ time, symbols }: UniverseList): number =>
  symbols.reduce((sum, each) => sum + each.length * REFERENCE_BYTES, time.byteLength)

function listOf(
  key: string,
  names: readonly string[],
  found: ReadonlyMap<number, { symbols: number[]; sizes: number[] }>,
): UniverseList {
  const time = Float64Array.from([...found.keys()].sort((a, b) => a - b))
  const symbols = Array.from(time, (at) => {
    const { symbols, sizes } = found.get(at)!
    const name = (i: number) => names[symbols[i]]
    const order = symbols.map((_, i) => i).sort((a, b) => sizes[b] - sizes[a] || (name(a) < name(b) ? -1 : 1))
    return order.map(name)
  })
  return { key, time, symbols }
}
