import { watch } from '../lib/alerts/watch.ts'
import { type BacktestAsk, type BacktestDeps, backtest } from '../lib/backtest/backtest.ts'
import { settingsAsked, withoutSettings } from '../lib/backtest/settings-wire.ts'
import { toDay } from '../lib/core/days.ts'
import { momentOf } from '../lib/market/new-york.ts'
import type { Run } from '../lib/runs/run.ts'
import { screen } from '../lib/screener/screen.ts'
import { explain } from '../lib/signals/explain.ts'
import type { LatestRequest } from '../lib/signals/latest-pass.ts'
import { signalList } from '../lib/signals/list-pass.ts'
import type { BarWindow } from '../lib/signals/stored-bars.ts'
import { whyNot } from '../lib/signals/why-not.ts'
import type { Strategy } from '../lib/strategy/strategy.ts'
import type {
  AlertRequest,
  BacktestRequest,
  BarsRequest,
  ExplainRequest,
  ScreenRequest,
  SignalsRequest,
  WhyNotRequest,
} from './application.ts'

/** What is performed: a mode of a strategy, as it was asked for. */
export type Performance =
  | { mode: 'backtest'; request: BacktestRequest }
  | { mode: 'screening'; request: ScreenRequest }
  | { mode: 'alert'; request: AlertRequest }
  | { mode: 'signals'; request: SignalsRequest }
  | { mode: 'explain'; request: ExplainRequest }
  | { mode: 'why_not'; request: WhyNotRequest }

/** The windows of a question for bars, in days. */
export const barWindows = ({ windows }: BarsRequest): BarWindow[] =>
  windows.map(({ symbol, start_date, end_date }) => ({
    symbol,
    from: toDay(start_date, 'start_date'),
    to: toDay(end_date, 'end_date'),
  }))

const day = (text: string | undefined, what: string) => (text === undefined ? undefined : toDay(text, what))

/** What a screen or an alert looks at last: a day, and of intraday bars a time of it. */
function asOf(text: string | undefined): Pick<LatestRequest, 'asOf' | 'asOfTime'> {
  if (text === undefined) return {}
  const time = text.length > 10 ? { asOfTime: momentOf(text) } : {}
  return { asOf: toDay(text.slice(0, 10), 'as_of'), ...time }
}

/** A request for a backtest as it is planned. */
export function backtestAsk(request: BacktestRequest): Omit<BacktestAsk, 'progress'> {
  const { start_date, end_date, out_of_sample, fresh: _oneRunEach, ...ask } = withoutSettings(request)
  return {
    ...ask,
    from: day(start_date, 'start_date'),
    to: day(end_date, 'end_date'),
    outOfSample: day(out_of_sample, 'out_of_sample'),
    settings: settingsAsked(request),
  }
}

/** Performs a mode with the engine of `deps`: worker threads here, or jobs spread over machines. */
export async function perform(
  deps: BacktestDeps,
  strategy: Strategy,
  { mode, request }: Performance,
  progress: BacktestAsk['progress'],
): Promise<Record<string, unknown>> {
  switch (mode) {
    case 'backtest':
      return backtest(deps, strategy, { ...backtestAsk(request), progress })
    case 'screening': {
      const { universe, limit, as_of } = request
      const narrowed = Array.isArray(universe) ? { symbols: universe } : { universe }
      return screen(deps, strategy, { ...narrowed, limit, ...asOf(as_of) })
    }
    case 'alert':
      return watch(deps, strategy, { symbols: request.symbols, ...asOf(request.as_of) })
    case 'signals': {
      const { start_date, end_date, side, symbols } = request
      const [from, to] = [toDay(start_date, 'start_date'), toDay(end_date, 'end_date')]
      const { rows } = await signalList(deps, strategy, { from, to, side, symbols })
      return { success: true, strategy_id: strategy.strategy_id, signals: rows }
    }
    case 'explain':
      return explain(deps, strategy, { symbol: request.symbol, day: day(request.date, 'date') })
    case 'why_not': {
      const { start_date, end_date, symbols, universe } = request
      return whyNot(deps, strategy, {
        from: day(start_date, 'start_date'),
        to: day(end_date, 'end_date'),
        symbols,
        universe,
      })
    }
  }
}

/** Performs a stored run on an engine that spreads its jobs. */
export function performRun(deps: BacktestDeps, strategy: Strategy, run: Run): Promise<Record<string, unknown>> {
  // The request was checked when the run was made of it; the steps of the run itself say how far it is.
  return perform(deps, strategy, { mode: run.mode, request: run.request } as unknown as Performance, UNTOLD)
}

const UNTOLD = { planned: async () => {}, chunkDone: async () => {} }
