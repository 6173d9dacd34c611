import { firstAt } from '../market/bars.ts'
import type { MarketSource } from '../market/source.ts'
import { parseRule } from '../rule/clauses.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import { lookbackOf } from '../rule/lookback.ts'
import { referencedSymbols } from '../signals/dependencies.ts'

/** The UNIVERSE expression of a text; throws `bad_rule` saying what is wrong with it. */
export const universeOf = (text: string) => parseRule({ signal: 'close > 0', universe: text }).universe

/** For each symbol those of the UNIVERSE expressions that are true on the day. */
export async function universesOf(
  source: MarketSource,
  texts: readonly string[],
  symbols: readonly string[],
  day: number,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>(symbols.map((symbol) => [symbol, []]))
  if (symbols.length === 0) return found
  for (const text of texts) {
    const universe = universeOf(text)
    const wanted = [...symbols, ...referencedSymbols([universe])]
    const market = await source.load({
      timeframe: '1d',
      symbols: wanted,
      from: day,
      to: day,
      lookback: lookbackOf(universe),
    })
    for (const symbol of symbols) {
      const series = market.bars(symbol)
      if (series === undefined) continue
      const bar = firstAt(series.day, day)
      if (series.day[bar] === day && createEvaluator(market, series).column(universe)[bar] === 1)
        found.get(symbol)!.push(text)
    }
  }
  return found
}
