import { isoDay } from '../../core/days.ts'
import type { PortfolioTrade } from '../holding.ts'
import { type Instance, isSignal, knownReturn } from '../instances.ts'
import { maxDrawdown } from '../metrics/drawdowns.ts'
import { DAYS_A_YEAR, returnsOf, sharpeRatio } from '../metrics/returns.ts'
import { mean } from '../metrics/statistics.ts'
import type { EquityCurve } from '../portfolio.ts'

/** What a part of a run came to; null where it is undefined. */
export interface PartFigures {
  from: string | null
  to: string | null
  sessions: number
  total_return: number | null
  /** (1 + total_return) ^ (252 / sessions) - 1 */
  annual_return: number | null
  sharpe_ratio: number | null
  max_drawdown: number | null
  trades: number
  closed_trades: number
  /** mean return of the closed trades, after costs */
  mean_trade: number | null
  instances: number
  hit_rate: number | null
  average_return: number | null
}

export interface OutOfSample {
  date: string
  in_sample: PartFigures
  out_of_sample: PartFigures
  /** null: too few trades on one side to tell */
  held_up: boolean | null
  words: string
}

/** Closed trades on each side below which nothing is said. */
const FEWEST = 10

/**
 * The same run before `day` and from it on: one account, not two, so that a position held over the day counts its later profit in the
 * later part's equity. Trades belong to the day of their entry, instances to that of their signal.
 */
export function splitAt(
  day: number,
  run: { curve: EquityCurve; trades: readonly PortfolioTrade[]; instances: readonly Instance[]; cash: number },
): OutOfSample {
  const { curve, trades, instances, cash } = run
  const found = curve.day.findIndex((each) => each >= day)
  const at = found < 0 ? curve.day.length : found
  const enteredBefore = (trade: PortfolioTrade) => trade.executions[0].day < day
  const begin = at === 0 ? cash : curve.equity[at - 1]
  const part = (from: number, to: number, start: number, isIn: (early: boolean) => boolean): PartFigures =>
    figuresOf({
      days: curve.day.slice(from, to),
      equity: [start, ...curve.equity.slice(from, to)],
      trades: trades.filter((trade) => isIn(enteredBefore(trade))),
      signals: instances.filter((instance) => isSignal(instance) && isIn(instance.day < day)),
    })
  const early = part(0, at, cash, (before) => before)
  const late = part(at, curve.day.length, begin, (before) => !before)
  return { date: isoDay(day), in_sample: early, out_of_sample: late, ...heldUp(early, late) }
}

function figuresOf(part: {
  days: readonly number[]
  equity: readonly number[]
  trades: readonly PortfolioTrade[]
  signals: readonly Instance[]
}): PartFigures {
  const { days, equity, trades, signals } = part
  const sessions = days.length
  const closed = trades.filter(({ open }) => !open)
  const known = signals.map(knownReturn).filter((value) => value !== null)
  const total = sessions > 0 && equity[0] > 0 ? equity[sessions] / equity[0] - 1 : null
  const sharpe = sharpeRatio(returnsOf(equity))
  return {
    from: sessions > 0 ? isoDay(days[0]) : null,
    to: sessions > 0 ? isoDay(days[sessions - 1]) : null,
    sessions,
    total_return: total,
    annual_return: total !== null && total > -1 ? (1 + total) ** (DAYS_A_YEAR / sessions) - 1 : null,
    sharpe_ratio: 'value' in sharpe && Number.isFinite(sharpe.value) ? sharpe.value : null,
    max_drawdown: sessions > 0 ? maxDrawdown(equity) : null,
    trades: trades.length,
    closed_trades: closed.length,
    mean_trade: closed.length > 0 ? mean(closed.map((trade) => trade.return)) : null,
    instances: signals.length,
    hit_rate: known.length > 0 ? known.filter((value) => value > 0).length / known.length : null,
    average_return: known.length > 0 ? mean(known) : null,
  }
}

/** It held up: money made, a profit per trade, and at least half of the Sharpe ratio of before. */
function heldUp(early: PartFigures, late: PartFigures): Pick<OutOfSample, 'held_up' | 'words'> {
  const [before, after] = [early.closed_trades, late.closed_trades]
  if (before < FEWEST || after < FEWEST) {
    const words = `Too few trades to tell: ${before} closed before the date and ${after} from it on; at least ${FEWEST} are needed on each side.`
    return { held_up: null, words }
  }
  const ratios = `Sharpe ${number(early.sharpe_ratio)} before the date, ${number(late.sharpe_ratio)} from it on; mean trade ${percent(early.mean_trade)} and ${percent(late.mean_trade)}.`
  const earns = (late.total_return ?? 0) > 0 && (late.mean_trade ?? 0) > 0 && (late.sharpe_ratio ?? 0) > 0
  if (!earns) return { held_up: false, words: `It did not hold up: it made no money out of sample. ${ratios}` }
  if (late.sharpe_ratio! < (early.sharpe_ratio ?? 0) / 2)
    return { held_up: false, words: `It did not hold up: less than half of its Sharpe ratio was left. ${ratios}` }
  return { held_up: true, words: `It held up. ${ratios}` }
}

const number = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(2))
const percent = (value: number | null): string => (value === null ? 'undefined' : `${(value * 100).toFixed(2)} %`)
