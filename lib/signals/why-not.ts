/** Why a strategy signals so seldom: its conditions as a funnel, the one that blocks most, and the bar that came nearest. */
import { isoDay, yearsBefore } from '../core/days.ts'
import { runAll } from '../core/engine.ts'
import { plain } from '../core/plain.ts'
import { firstAt } from '../market/bars.ts'
import type { Catalog } from '../market/catalog.ts'
import type { MarketSource } from '../market/source.ts'
import type { Expr } from '../rule/ast.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import { explainCondition } from '../rule/explain-bar.ts'
import { blocking, type FunnelCounts, type NearMiss } from '../rule/funnel.ts'
import { conditionsOf } from '../rule/opened.ts'
import { Phrases } from '../rule/phrases.ts'
import { printExpression } from '../rule/print.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { styleOf } from './chunk-count.ts'
import { addVerdicts, codeJob } from './code-verdicts.ts'
import { crossOf } from './cross-pass.ts'
import { NO_CONDITIONS } from './explain-code.ts'
import { chunkInputs } from './explain-plan.ts'
import { type ExplainDeps, explainReceipt } from './explain-receipt.ts'
import { addFunnels, funnelJob, type RuleFunnels } from './funnel-pass.ts'
import { requireCatalog, type ScanDeps } from './latest-pass.ts'
import { prepareScan, type ScanInput } from './scan-input.ts'
import { type Selection, select } from './selection.ts'
import { type StrategyView, viewStrategy } from './strategy-view.ts'

export interface WhyNotAsk {
  from?: number
  to?: number
  symbols?: readonly string[]
  /** a UNIVERSE expression in place of the rule's */
  universe?: string
}

/** The answer for a window, the last two years of the data when none is named. */
export async function whyNot(deps: ExplainDeps, strategy: Strategy, ask: WhyNotAsk): Promise<Record<string, unknown>> {
  const catalog = await requireCatalog(deps, strategy.rule?.timeframe)
  const selection = select(catalog, ask, (to) => yearsBefore(to, 2))
  const { from, to, symbols } = selection
  return {
    success: true,
    strategy_id: strategy.strategy_id,
    version: strategy.version,
    date_range: [isoDay(from), isoDay(to)],
    symbols: symbols.length,
    ...(await funnelsOf(deps, catalog, strategy, selection, ask.universe)),
    receipt: await explainReceipt(deps, strategy, catalog),
  }
}

/** The funnels of a strategy's entries over a selection; of code alone, how often it decided what. */
export async function funnelsOf(
  deps: Pick<ScanDeps, 'engine' | 'source'>,
  catalog: Catalog,
  strategy: Strategy,
  { symbols, from, to }: Selection,
  universe?: string,
): Promise<Record<string, unknown>> {
  const view = viewStrategy(strategy, universe)
  const window = { strategy, universe, from, to }
  if (view.rule === null) {
    if (view.entryPoints.every((entry) => !entry.startsWith('classify')))
      return { funnels: [], note: `${NO_CONDITIONS} It lists symbols session by session: a backtest counts them.` }
    const { inputs } = await chunkInputs(deps, catalog, window, { symbols, style: styleOf(strategy) })
    const { bars, members, long, short, firstError } = addVerdicts(await runAll(deps.engine, codeJob, inputs))
    return { bars, members, funnels: [], code: { long, short, first_error: firstError }, note: NO_CONDITIONS }
  }
  const { inputs, cross } = await chunkInputs(deps, catalog, window, { symbols, style: 'columns' })
  const counted = addFunnels(await runAll(deps.engine, funnelJob, inputs))
  // On the bars the ranks were made for: the whole window, not the one day.
  const near = (miss: NearMiss, expr: Expr) => {
    const input = { ...window, version: catalog.version, symbols: [miss.symbol] }
    return missAt({ ...input, cross: cross && crossOf(cross, [miss.symbol]) }, deps.source, miss, expr)
  }
  const { rebalance } = view.rule.clauses
  return {
    bars: counted.bars,
    members: counted.members,
    ...(rebalance && { deciding: counted.counting }),
    funnels: await Promise.all(
      sidesOf(view, counted).map(async ({ side, clause, expr, funnel }) => ({
        side,
        clause,
        ...stepsOf(expr, funnel),
        nearest_miss: funnel.nearest && (await near(funnel.nearest, expr)),
        ...(funnel.nearest === null && { no_nearest_miss: whyNoMiss(funnel) }),
      })),
    ),
  }
}

function sidesOf({ rule }: StrategyView, counted: RuleFunnels) {
  return [
    { side: 'long', clause: 'SIGNAL', expr: rule?.signal, funnel: counted.signal },
    { side: 'short', clause: 'SHORT', expr: rule?.short, funnel: counted.short },
  ].flatMap(({ expr, funnel, ...rest }) => (expr && funnel ? [{ ...rest, expr, funnel }] : []))
}

function stepsOf(expr: Expr, funnel: FunnelCounts): Record<string, unknown> {
  const phrases = new Phrases('day')
  const conditions = conditionsOf(expr)
  const blocks = blocking(funnel)
  return {
    bars: funnel.bars,
    signals: funnel.passed,
    unknown: funnel.unknown,
    steps: conditions.map((condition, i) => {
      const { true: alone, together, unknown, others } = funnel.conditions[i]
      return {
        condition: printExpression(condition),
        says: phrases.condition(condition),
        alone,
        together,
        unknown,
        without: others,
      }
    }),
    blocking:
      blocks === undefined
        ? null
        : {
            step: blocks + 1,
            condition: printExpression(conditions[blocks]),
            says: phrases.condition(conditions[blocks]),
            signals_without: funnel.conditions[blocks].others,
          },
  }
}

/** The nearest bar as it is explained: the conditions that failed on it, with their values and margins. */
async function missAt(input: ScanInput, source: MarketSource, miss: NearMiss, expr: Expr): Promise<unknown> {
  const { market, view } = await prepareScan(input, source)
  const series = market.bars(miss.symbol)!
  const evaluator = createEvaluator(market, series, { cross: input.cross })
  const context = {
    evaluator,
    t: firstAt(series.day, miss.day),
    universe: view.universe,
    unit: 'day' as const,
  }
  const conditions = conditionsOf(expr)
  return plain({
    symbol: miss.symbol,
    date: isoDay(miss.day),
    short_by: miss.short,
    failed: miss.failed.map((i) => explainCondition(conditions[i], context)),
  })
}

function whyNoMiss({ bars, passed, unknown }: FunnelCounts): string {
  if (bars === 0) return 'no bar counts: UNIVERSE, or REBALANCE, leaves none'
  if (passed === bars) return 'the condition is true on every bar that counts'
  return unknown > 0 ? 'on every bar that fails some condition is unknown' : 'no bar fails'
}
