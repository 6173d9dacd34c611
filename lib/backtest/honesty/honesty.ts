import type { Catalog } from '../../market/catalog.ts'
import type { DefectLine } from '../../market/defects.ts'
import type { Claimed } from './claimed.ts'
import type { FigureFacts } from './figure-facts.ts'
import type { HonestyParts } from './parts.ts'
import { CONCENTRATED, type Concentration } from './profit.ts'
import type { Recheck } from './recheck.ts'
import { deflatedSharpe, type Known, probabilisticSharpe, TRIAL_VARIANCE } from './sharpe.ts'
import type { Trials } from './trials.ts'
import { FEWEST_TRADES, LEAST_ROOM_BPS, verdictOf } from './verdict.ts'

/** What is known of a run beside its account. */
export interface HonestyFacts {
  parts: HonestyParts
  trials: Trials
  recheck: Recheck | null
  claims: Claimed
  figures: FigureFacts | null
  /** defects listed of the symbols of the run; null where they cannot be read */
  defects: DefectLine[] | null
  catalog: Catalog
  /** whether membership as it was decides who is looked at */
  usesMembership: boolean
  symbols: readonly string[]
  slippageBps: number
}

/** The answer's `honesty`, and its warnings, the gravest first. */
export function honestyOf(facts: HonestyFacts): { json: Record<string, unknown>; warnings: string[] } {
  const { parts, trials, recheck, claims, catalog, slippageBps } = facts
  const { sharpe, interval, outOfSample, costs, concentration } = parts
  const unknown: { reason: string } | null = 'reason' in sharpe ? sharpe : null
  const probabilistic: Known = 'reason' in sharpe ? sharpe : probabilisticSharpe(sharpe)
  const deflated = 'reason' in sharpe ? { ...sharpe, threshold: null } : deflatedSharpe(sharpe, trials.count)
  const survivorship = survivorshipOf(facts)
  const mean = 'mean' in interval ? interval : null
  const verdict = verdictOf({
    closedTrades: parts.closedTrades,
    mean: mean?.mean ?? null,
    low: mean?.low ?? null,
    totalReturn: parts.totalReturn,
    deflatedSharpe: 'value' in deflated ? deflated.value : null,
    trials: trials.count,
    symbol: shareOf(concentration, 'symbol'),
    month: shareOf(concentration, 'month'),
    netProfit: costs.net_profit,
    costsPaid: costs.paid,
    breakEvenBps: costs.break_even_slippage_bps,
    slippageBps,
    outOfSample: outOfSample && { heldUp: outOfSample.held_up, words: outOfSample.words },
    recheckDifferences: recheck?.differences_found ?? 0,
    simulated: catalog.simulated,
    survivorshipBiased: survivorship.biased,
  })
  const json = {
    verdict,
    trials,
    ...figure('probabilistic_sharpe', probabilistic),
    ...figure('deflated_sharpe', deflated),
    sharpe_sample:
      unknown === null
        ? {
            ...sharpe,
            expected_best: deflated.threshold,
            frequency: 'daily, not annualised',
            trial_variance: TRIAL_VARIANCE,
          }
        : null,
    ...listed('mean_trade_interval', interval),
    ...listed('monte_carlo', parts.monteCarlo),
    out_of_sample: outOfSample,
    break_even_slippage_bps: costs.break_even_slippage_bps,
    costs,
    concentration: concentration,
    survivorship,
    fundamentals: facts.figures,
    defects: defectsOf(facts),
    recheck,
    claims,
  }
  return { json, warnings: warningsOf(facts) }
}

/** A figure, or null with its reason beside it. */
const figure = (name: string, known: Known): Record<string, unknown> =>
  'value' in known ? { [name]: known.value } : { [name]: null, [`${name}_reason`]: known.reason }

const listed = (name: string, found: object | { reason: string }): Record<string, unknown> =>
  'reason' in found ? { [name]: null, [`${name}_reason`]: found.reason } : { [name]: found }

function shareOf(found: Concentration, what: 'symbol' | 'month'): { name: string; share: number } | null {
  const [name, share] = what === 'symbol' ? [found.symbol, found.symbol_share] : [found.month, found.month_share]
  return name === null || share === null ? null : { name, share }
}

/** A symbol whose bars end this many days before those of others has stopped trading. */
const ENDED_DAYS = 7

function survivorshipOf({ catalog, usesMembership, symbols }: HonestyFacts) {
  const last = catalog.symbols.reduce((most, each) => Math.max(most, each.last), Number.NEGATIVE_INFINITY)
  const wanted = new Set(symbols)
  const ended = catalog.symbols.filter((each) => wanted.has(each.symbol) && each.last < last - ENDED_DAYS).length
  const words = usesMembership
    ? 'Membership as it was on each day decides (index_member); members without stored bars are missing all the same.'
    : `Biased: the universe is what is stored today. ${ended === 0 ? 'No symbol of the run has stopped trading.' : `${ended} symbols of the run have stopped trading.`}`
  return {
    biased: !usesMembership,
    membership: usesMembership ? 'index_member' : 'unknown',
    ended_symbols: ended,
    words,
  }
}

function defectsOf({ defects, symbols }: HonestyFacts) {
  if (defects === null) return null
  const wanted = new Set(symbols)
  const mine = defects.filter(({ symbol }) => wanted.has(symbol))
  return { rows: mine.length, symbols: new Set(mine.map(({ symbol }) => symbol)).size }
}

function warningsOf(facts: HonestyFacts): string[] {
  const { parts, recheck, figures } = facts
  const { closedTrades, concentration, costs } = parts
  const found: string[] = []
  if (recheck !== null && recheck.differences_found > 0) {
    const [first] = recheck.differences
    found.push(
      `IT SEES AHEAD: with the future cut off, ${recheck.differences_found} of ${recheck.cells_compared} decisions differ; first ${first.symbol}, ${first.date}, known up to ${first.cut} (${first.what}): ${first.run} in the run, ${first.cut_off} without the future.`,
    )
  }
  if (closedTrades < FEWEST_TRADES)
    found.push(
      `Only ${closedTrades} ${closedTrades === 1 ? 'trade was' : 'trades were'} closed: under ${FEWEST_TRADES} say little.`,
    )
  for (const what of ['symbol', 'month'] as const) {
    const share = shareOf(concentration, what)
    if (share !== null && share.share > CONCENTRATED)
      found.push(`One ${what}, ${share.name}, made ${(share.share * 100).toFixed(0)} % of the profit.`)
  }
  const { break_even_slippage_bps: bps, net_profit: net, paid } = costs
  if (net <= 0 && net + paid > 0) found.push('Costs eat the edge: before them the trades made money, after them none.')
  else if (net > 0 && bps !== null && bps - facts.slippageBps < LEAST_ROOM_BPS)
    found.push(`Costs eat the edge at ${bps.toFixed(1)} bps of slippage a fill; ${facts.slippageBps} bps are counted.`)
  else if (net > 0 && paid > net) found.push('Costs took more than half of the profit.')
  if (figures !== null && figures.late + figures.restated > 0)
    found.push(
      `Fundamentals may be restated: ${figures.late} of ${figures.records} records were published long after their period, ${figures.restated} periods more than once. Each is read from its publication on, never before.`,
    )
  const defects = defectsOf(facts)
  if (defects !== null && defects.rows > 0)
    found.push(
      `${defects.rows} rows of the bars of ${defects.symbols} of the run's symbols were defective and left out, on any day (bars check lists them).`,
    )
  return found
}
