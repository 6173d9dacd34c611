import { firstAt, type Timeframe } from '../market/bars.ts'
import type { MarketSource } from '../market/source.ts'
import { parseRule } from '../rule/clauses.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import { lookbackOf } from '../rule/lookback.ts'
import { referencedSymbols } from '../signals/dependencies.ts'

/** The UNIVERSE expression of a text; throws `bad_rule` saying what is wrong with it. */
export const universeOf = (text: string) => parseRule({ signal: 'close > 0', universe: text }).universe

/** For each symbol those of the UNIVERSE expressions that are true on the day's bar; of intraday bars on the one that ends at the time. */
export async function universesOf(
  source: MarketSource,
  texts: readonly string[],
  fired: readonly { symbol: string; time: number }[],
  { day, timeframe }: { day: number; timeframe: Timeframe },
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>(fired.map(({ symbol }) => [symbol, []]))
  if (fired.length === 0) return found
  for (const text of texts) {
    const universe = universeOf(text)
    const wanted = [...found.keys(), ...referencedSymbols([universe])]
    const market = await source.load({
      timeframe,
      symbols: wanted,
      from: day,
      to: day,
      lookback: lookbackOf(universe, timeframe),
    })
    for (const { symbol, time } of fired) {
      const series = market.bars(symbol)
      if (series === undefined) continue
      const bar = timeframe === '1d' ? firstAt(series.day, day) : series.time.indexOf(time)
      if (series.day[bar] === day && createEvaluator(market, series).column(universe)[bar] === 1)
        found.get(symbol)!.push(text)
    }
  }
  return found
}
