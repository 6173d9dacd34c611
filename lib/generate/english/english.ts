import { Grammar } from './grammar.ts'
import type { ValueOf } from './phrase.ts'
import { COST } from './phrase.ts'
import { actions } from './phrases/actions.ts'
import { averages } from './phrases/averages.ts'
import { bands } from './phrases/bands.ts'
import { breakouts } from './phrases/breakouts.ts'
import { candles } from './phrases/candles.ts'
import { changes } from './phrases/changes.ts'
import { earnings } from './phrases/earnings.ts'
import { fundamentals } from './phrases/fundamentals.ts'
import { channelsAndFlips, furtherIndicators } from './phrases/further-indicators.ts'
import { growth } from './phrases/growth.ts'
import { history } from './phrases/history.ts'
import { indicators } from './phrases/indicators.ts'
import { intraday } from './phrases/intraday.ts'
import { markets } from './phrases/market.ts'
import { moves } from './phrases/moves.ts'
import { multiples } from './phrases/multiples.ts'
import { names } from './phrases/names.ts'
import { orders } from './phrases/orders.ts'
import { pairs } from './phrases/pairs.ts'
import { predicates } from './phrases/predicates.ts'
import { prices } from './phrases/prices.ts'
import { quantities } from './phrases/quantities.ts'
import { ranks } from './phrases/ranks.ts'
import { references } from './phrases/references.ts'
import { scores } from './phrases/scores.ts'
import { sinceOpen } from './phrases/since-open.ts'
import { sizes } from './phrases/sizes.ts'
import { stops } from './phrases/stops.ts'
import { targets } from './phrases/targets.ts'
import { universes } from './phrases/universe.ts'
import { volumes } from './phrases/volume.ts'

/** The grammar of trading English, built once. */
export function english(): Grammar {
  const grammar = new Grammar()
  for (const theme of [
    quantities,
    prices,
    indicators,
    furtherIndicators,
    channelsAndFlips,
    bands,
    volumes,
    fundamentals,
    growth,
    earnings,
    moves,
    changes,
    references,
    predicates,
    multiples,
    averages,
    breakouts,
    candles,
    markets,
    ranks,
    scores,
    universes,
    intraday,
    sinceOpen,
    pairs,
    orders,
    stops,
    sizes,
    targets,
    history,
    names,
    actions,
  ])
    theme(grammar)
  grammar.rule('phrase', '<value:v>', (m) => ({ is: 'value', make: m.of<ValueOf>('v') }), COST.loose)
  return grammar
}
