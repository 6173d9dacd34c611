import type { Clock } from '../core/clock.ts'
import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { newYorkText } from '../market/new-york.ts'
import { latestListed } from '../signals/latest-listed.ts'
import { type LatestRequest, latestPass, type ScanDeps } from '../signals/latest-pass.ts'
import { latestReceipt, latestWarnings } from '../signals/latest-receipt.ts'
import { marketWarnings } from '../signals/market-warnings.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { rankScreen, type ScreenOrder } from './rank.ts'

export interface ScreenDeps extends ScanDeps {
  dataVersion: () => Promise<string>
  clock: Clock
  cpuMs: () => number
  /** when the run was begun, epoch ms; now when absent */
  begun?: number
}

/** Results shown when neither the request nor the rule says how many. */
const DEFAULT_LIMIT = 50

/** Scans the screening date over the universe, ranks what is true there, and answers with the guide's JSON. */
export async function screen(
  deps: ScreenDeps,
  strategy: Strategy,
  request: LatestRequest & { limit?: number },
): Promise<Record<string, unknown>> {
  const started = { wall: deps.begun ?? deps.clock(), cpu: deps.cpuMs() }
  const limit = request.limit ?? strategy.rule?.limit ?? DEFAULT_LIMIT
  const listed = strategy.entry_points.includes('runScreening')
  if (
    !listed &&
    !strategy.entry_points.includes('classifySymbol') &&
    !strategy.entry_points.includes('classifyShort')
  ) {
    const exported = strategy.entry_points.join(', ')
    throw new AppError(
      'bad_request',
      `Strategy ${strategy.strategy_id} serves no screen: its code exports ${exported}. Export classifySymbol or runScreening.`,
    )
  }
  const pass = listed
    ? await latestListed(deps, strategy, 'runScreening', { ...request, limit })
    : await latestPass(deps, strategy, request)
  const candidates = pass.bars.flatMap(({ symbol, sector, price, signals }) =>
    signals.slice(0, 1).map(({ score, data }) => ({ symbol, sector, price, score, data })),
  )
  const universeSize = pass.bars.filter((bar) => bar.member).length
  return {
    success: true,
    strategy_id: strategy.strategy_id,
    execution_mode: 'screening',
    ...rankScreen(candidates, { order: orderOf(strategy, listed), limit, universeSize }),
    date: isoDay(pass.day),
    ...(pass.time === undefined ? {} : { time: newYorkText(pass.time) }),
    receipt: await latestReceipt(deps, strategy, pass, started),
    assumptions: strategy.assumptions,
    warnings: [
      ...(await marketWarnings(deps.source, pass.catalog, request.universe ?? strategy.rule?.universe, false)),
      ...strategy.warnings,
      ...latestWarnings(pass, started.wall, request.asOf),
    ],
  }
}

function orderOf(strategy: Strategy, listed: boolean): ScreenOrder {
  if (listed) return 'listed'
  if (strategy.rule === null) return 'strategy'
  return strategy.rule.rank === undefined ? 'none' : /\sasc\s*$/.test(strategy.rule.rank) ? 'asc' : 'desc'
}
