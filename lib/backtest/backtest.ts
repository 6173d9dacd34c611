import type { Clock } from '../core/clock.ts'
import { receiptCost } from '../core/cost.ts'
import { unpackRows } from '../core/rows.ts'
import type { Timeframe } from '../market/bars.ts'
import { nyse } from '../market/calendar.ts'
import type { DefectLine } from '../market/defects.ts'
import { estimateOf } from '../signals/estimate.ts'
import { NO_CONDITIONS } from '../signals/explain-code.ts'
import type { ScanDeps } from '../signals/latest-pass.ts'
import { marketWarnings } from '../signals/market-warnings.ts'
import { funnelsOf } from '../signals/why-not.ts'
import { ENGINE_VERSION, type Strategy } from '../strategy/strategy.ts'
import { type BacktestAsk, type BacktestPlan, isListed, planOf } from './backtest-plan.ts'
import { scanByDates } from './by-dates.ts'
import { type Scanned, scanBySymbols } from './by-symbols.ts'
import { backtestShape } from './estimate.ts'
import { claimedBy, claimWarnings } from './honesty/claimed.ts'
import { honestyOf } from './honesty/honesty.ts'
import { stateOf } from './honesty/state.ts'
import { type TriedRun, trialsOf } from './honesty/trials.ts'
import { type Merged, mergeJob } from './merge.ts'
import { mergePlan } from './merge-plan.ts'
import type { Receipt } from './receipt.ts'
import { backtestResult } from './result.ts'
import { resultHash } from './result-hash.ts'
import { runRequest } from './run-request.ts'
import { unappliedClauses } from './settings.ts'
import { settingsOnWire } from './settings-wire.ts'
import { settingsInWords } from './settings-words.ts'

export type { BacktestAsk } from './backtest-plan.ts'

export interface BacktestDeps extends ScanDeps {
  dataVersion: () => Promise<string>
  clock: Clock
  /** CPU this process has used, all its threads together, in milliseconds */
  cpuMs: () => number
  /** when the run was begun, epoch ms; now when absent */
  begun?: number
  /** the owner's runs, the newest first, at most MOST_RUNS of them; absent: trials are not counted */
  runs?: () => Promise<readonly TriedRun[]>
  /** rows left out of the imported bars of a size; absent: not told */
  defects?: (timeframe: Timeframe) => Promise<DefectLine[]>
}

/** Plans chunks, has them scanned and merged into one account on the threads, and answers with the guide's JSON. */
export async function backtest(
  deps: BacktestDeps,
  strategy: Strategy,
  ask: BacktestAsk,
): Promise<Record<string, unknown>> {
  const started = { wall: deps.begun ?? deps.clock(), cpu: deps.cpuMs() }
  const plan = await planOf(deps, strategy, ask)
  const { catalog, selection, engine, settings } = plan
  const scanned = await (isListed(strategy) ? scanByDates(deps, plan) : scanBySymbols(deps, plan))
  const { answers, reproved } = scanned
  const merged = await deps.engine.run(mergeJob, { plan: mergePlan(plan, scanned), answers })

  const cost = receiptCost(estimateOf(backtestShape(deps.engine, plan)), deps.spent?.())
  const codeExits = strategy.entry_points.includes('exitPosition')
  const parts = {
    ...merged,
    instances: await unpackRows(merged.instances),
    trades: await unpackRows(merged.trades),
  }
  const { json: honesty, warnings: doubts } = await honestly(deps, plan, scanned, merged)
  const result = backtestResult(parts, {
    strategyId: strategy.strategy_id,
    claims: scanned.claims,
    honesty,
    assumptions: [...strategy.assumptions, ...settingsInWords(settings, strategy.rule, codeExits)],
    warnings: [
      ...doubts,
      ...(await marketWarnings(deps.source, catalog, ask.universe ?? strategy.rule?.universe, true)),
      ...strategy.warnings,
      ...unappliedClauses(strategy.rule, settings.fill),
      ...scanned.warnings,
    ],
    receipt: {
      strategy_hash: strategy.hash,
      engine_version: ENGINE_VERSION,
      data_version: await deps.dataVersion(),
      simulated: catalog.simulated,
      coverage: merged.coverage,
      skipped: merged.skipped,
      errors: merged.errors,
      fill: settings.fill,
      costs: {
        cash: settings.cash,
        slots: settings.slots,
        slippage_bps: settings.slippageBps,
        commission: settings.commission,
      },
      settings: settingsOnWire(settings),
      request: runRequest(ask, plan),
      chunks: scanned.chunks,
      engine,
      reproved_cells: reproved.cells,
      reproved_true: reproved.trueCells,
      reproved_scores: reproved.scores,
      reproved_exits: reproved.exits,
      wall_ms: deps.clock() - started.wall,
      cpu_ms: Math.round(deps.cpuMs() - started.cpu),
      cost_cents: cost.cents,
      cost,
      as_of: new Date(nyse.closeInstant(nyse.previousSession(selection.to))).toISOString(),
    },
  })
  const whole = {
    ...result,
    ...(parts.instances.length === 0 && { why_not: await whyNone(deps, plan) }),
    ...(scanned.partial && { partial: true }),
  }
  return { ...whole, receipt: { ...(result.receipt as Receipt), result_hash: resultHash(whole) } }
}

/** What speaks for and against the run, with what the strategy claims for itself. */
async function honestly(deps: BacktestDeps, plan: BacktestPlan, scanned: Scanned, merged: Merged) {
  const { strategy, catalog, settings, selection, universe } = plan
  const { proof } = strategy
  const kept = proof.verdict === 'different' && strategy.rule === null ? proof.reason : null
  const claims = claimedBy(scanned.sessions, merged.honesty.ownReturns, stateOf(strategy.code), kept)
  const { json, warnings } = honestyOf({
    parts: merged.honesty,
    trials: trialsOf(plan.trials, plan.trials === undefined ? await deps.runs?.() : undefined, strategy.hash),
    recheck: scanned.recheck,
    claims,
    figures: merged.facts,
    defects: (await deps.defects?.(catalog.timeframe)) ?? null,
    catalog,
    usesMembership: /\bindex_member\b/.test(universe ?? strategy.rule?.universe ?? ''),
    symbols: selection.symbols,
    slippageBps: settings.slippageBps,
  })
  return { json, warnings: [...warnings, ...claimWarnings(claims)] }
}

/** Why nothing signals: which conditions let how many bars through. */
async function whyNone(deps: BacktestDeps, { strategy, catalog, selection, universe }: BacktestPlan): Promise<unknown> {
  if (strategy.rule === null) return { funnels: [], note: NO_CONDITIONS }
  return funnelsOf(deps, catalog, strategy, selection, universe)
}
