import type { BarSeries } from '../market/bars.ts'
import { nyse } from '../market/calendar.ts'
import {
  DEFAULT_HOLD,
  type ExitReason,
  type ExitRules,
  hasEnded,
  hasExit,
  type Position,
  STAND_ALONE_EQUITY,
} from './exits.ts'
import { type BarPrices, type Touch, touchStop, touchTarget } from './touch.ts'

/** One part of a trade's exit: the bar, when in it, the price (split-adjusted and as traded) and the share of the position. */
export interface Leg {
  index: number
  at: 'open' | 'bar' | 'close'
  price: number
  rawPrice: number
  /** of the position as it was entered: 0 < share <= 1 */
  share: number
  reason: ExitReason
}

/** A signal's own trade: one position, no slots, no costs. Plain data that crosses threads. */
export interface Trade {
  /** bars of the series: the signal, and the fill */
  signal: number
  entry: number
  at: 'open' | 'close'
  side: 1 | -1
  entryPrice: number
  rawEntryPrice: number
  /** the first STOP, null without one */
  stop: number | null
  /** TARGET, null without one */
  target: number | null
  /** levels the rule names that were undefined at the signal bar, so that nothing is sold there */
  undefinedLevels: ('stop' | 'target')[]
  legs: Leg[]
  /** share still held after the last bar; 0 when the trade has ended */
  openShare: number
  /** bars in the position, the entry bar and the last one included */
  barsHeld: number
  /** total return with dividends; null while a share is open */
  futureReturn: number | null
  /** the same with what is open valued at the last close */
  markReturn: number
}

export interface TradeOptions {
  /** first bar, from the entry on, at whose close the strategy's own exitPosition was true; -1: never; absent: it has none */
  exitAt?: number
  /** equity that levels may refer to; 100,000 when absent */
  equity?: number
  /** last day of the data: a symbol whose bars end more than a week before it is sold at its last close */
  dataEnd?: number
}

/** Bar and price (split-adjusted and as traded) at which a signal is filled, or null when there is no such bar. */
export function entryOf(
  series: BarSeries,
  signal: number,
  rules: Pick<ExitRules, 'fill' | 'flat'>,
): { entry: number; price: number; rawPrice: number } | null {
  // an order of the session's last bar would be open overnight; a daily bar is filled in the next session instead
  if (rules.flat && (rules.fill === 'close' || series.timeframe !== '1d') && endsSession(series, signal)) return null
  if (rules.fill === 'close') return { entry: signal, price: series.close[signal], rawPrice: series.rawClose[signal] }
  const entry = signal + 1
  return entry < series.length ? { entry, price: series.open[entry], rawPrice: series.rawOpen[entry] } : null
}

/** Whether the bar is the last of its session: the next one is of another day, or it ends with the session. */
function endsSession(series: BarSeries, index: number): boolean {
  if (series.timeframe === '1d') return true
  if (index + 1 < series.length) return series.day[index + 1] !== series.day[index]
  return series.time[index] >= nyse.closeInstant(series.day[index])
}

/**
 * The trade of one signal by the rule's own exits (RULE_LANGUAGE 8): fills at the next open (or the signal's close), a level
 * passed at the open fills at the open, the stop comes before the target within a bar, EXIT fills at the open after the close
 * that made it true. Without any exit it leaves at open[t+6]. Null when there is no bar to enter on.
 */
export function standAloneTrade(
  series: BarSeries,
  signal: number,
  side: 1 | -1,
  rules: ExitRules,
  options: TradeOptions = {},
): Trade | null {
  const filled = entryOf(series, signal, rules)
  if (filled === null) return null
  return new Walk(series, signal, side, rules, filled, options).run()
}

class Walk {
  private readonly series: BarSeries
  private readonly rules: ExitRules
  private readonly position: Position
  private readonly trade: Trade
  private readonly exitAt: number | undefined
  private readonly hold: number
  private readonly ended: boolean
  private stop = Number.NaN
  private target = Number.NaN
  private trail = Number.NaN
  private stopReason: 'stop' | 'stop_after_target' = 'stop'
  private pending: 'exit' | 'hold' | null = null
  private dividends = 0

  constructor(
    series: BarSeries,
    signal: number,
    side: 1 | -1,
    rules: ExitRules,
    filled: { entry: number; price: number; rawPrice: number },
    { exitAt, equity = STAND_ALONE_EQUITY, dataEnd }: TradeOptions,
  ) {
    const { entry, price, rawPrice } = filled
    this.series = series
    this.rules = rules
    this.exitAt = exitAt
    this.hold = exitAt === undefined && !hasExit(rules) ? signal + DEFAULT_HOLD : -1
    this.ended = dataEnd !== undefined && hasEnded(series.day[series.length - 1], dataEnd)
    this.position = { signal, entry, entryPrice: price, side, equity, initialRisk: Number.NaN }
    this.trade = {
      signal,
      entry,
      at: rules.fill === 'close' ? 'close' : 'open',
      side,
      entryPrice: price,
      rawEntryPrice: rawPrice,
      stop: null,
      target: null,
      undefinedLevels: [],
      legs: [],
      openShare: 1,
      barsHeld: 0,
      futureReturn: null,
      markReturn: 0,
    }
    this.openLevels()
  }

  private openLevels(): void {
    const { rules, position, trade } = this
    if (rules.stop !== undefined) {
      this.stop = rules.stop(position.signal, position)
      if (Number.isNaN(this.stop)) trade.undefinedLevels.push('stop')
      else trade.stop = this.stop
      position.initialRisk = position.entryPrice - this.stop
    }
    if (rules.target !== undefined) {
      this.target = rules.target.level(position.signal, position)
      if (Number.isNaN(this.target)) trade.undefinedLevels.push('target')
      else trade.target = this.target
    }
  }

  run(): Trade {
    const { series, trade, rules } = this
    const { entry } = trade
    const last = series.length - 1
    for (let i = entry; i <= last; i++) {
      trade.barsHeld = i - entry + 1
      // who owns the share at the close before the ex-date gets the dividend
      if (i > entry) this.dividends += trade.openShare * series.dividend[i]
      if (this.pending !== null) this.leave(i, 'open', series.open[i], trade.openShare, this.pending)
      else if (i > entry || rules.fill === 'next_open') this.levels(i)
      if (trade.openShare > 0) this.atClose(i)
      if (trade.openShare > 0 && i === last && this.ended)
        this.leave(i, 'close', series.close[i], trade.openShare, 'delisted')
      if (trade.openShare === 0) break
    }
    return this.valued()
  }

  /** Stop, target and trail against the bar; what happens at the open comes before what happens after it. */
  private levels(i: number): void {
    const { series, trade } = this
    const { side } = this.position
    const trails = this.trailIsNearer()
    const level = trails ? this.trail : this.stop
    if (!this.mayReach(i, level)) return
    const bar: BarPrices = { open: series.open[i], high: series.high[i], low: series.low[i] }
    const reason = trails ? 'trail' : this.stopReason
    const stopped = touchStop(side, bar, level)
    const reached = touchTarget(side, bar, this.target)
    if (stopped?.at === 'open') {
      this.leave(i, 'open', stopped.price, trade.openShare, reason)
      return
    }
    if (reached?.at === 'open') this.takeTarget(i, reached)
    if (trade.openShare === 0) return
    if (stopped !== null) this.leave(i, 'bar', stopped.price, trade.openShare, reason)
    else if (reached?.at === 'bar') this.takeTarget(i, reached)
  }

  /** False for most bars: a quick bound, wider than the tolerance of the exact comparison. */
  private mayReach(i: number, level: number): boolean {
    const low = this.series.low[i]
    const high = this.series.high[i]
    const slack = 1e-8 * high + 1e-11
    return this.position.side === 1
      ? low - slack <= level || high + slack >= this.target
      : high + slack >= level || low - slack <= this.target
  }

  /** Whether TRAIL, not STOP, is the nearer of the two. */
  private trailIsNearer(): boolean {
    const { side } = this.position
    return !Number.isNaN(this.trail) && (Number.isNaN(this.stop) || side * this.trail > side * this.stop)
  }

  private takeTarget(i: number, { at, price }: Touch): void {
    const share = Math.min(this.rules.target!.share, this.trade.openShare)
    this.target = Number.NaN
    this.leave(i, at, price, share, 'target')
  }

  private atClose(i: number): void {
    const { series, rules, position, trade } = this
    if (rules.flat && (i > trade.entry || rules.fill === 'next_open') && endsSession(series, i)) {
      this.leave(i, 'close', series.close[i], trade.openShare, 'flat')
      return
    }
    if (rules.stopAfterTarget !== undefined && trade.legs.some((leg) => leg.reason === 'target')) {
      const level = rules.stopAfterTarget(i, position)
      if (!Number.isNaN(level)) {
        this.stop = this.stopReason === 'stop' ? level : this.nearer(this.stop, level)
        this.stopReason = 'stop_after_target'
      }
    }
    if (rules.trail !== undefined) this.trail = this.nearer(this.trail, rules.trail(i, position))
    const left = rules.exit?.(i, position)
    if (left === 1 || i === this.exitAt) this.pending = 'exit'
    else if (i === this.hold) this.pending = 'hold'
  }

  /** A level that follows the price is never moved away from it: not down for a long, not up for a short. */
  private nearer(before: number, now: number): number {
    if (Number.isNaN(before)) return now
    if (Number.isNaN(now)) return before
    return this.position.side === 1 ? Math.max(before, now) : Math.min(before, now)
  }

  private leave(index: number, at: Leg['at'], price: number, share: number, reason: ExitReason): void {
    const { series, trade } = this
    // as traded where the bar has that price, so that no rounding of the factor enters
    const rawPrice =
      price === series.open[index] && at === 'open'
        ? series.rawOpen[index]
        : at === 'close'
          ? series.rawClose[index]
          : price * series.factor[index]
    trade.legs.push({ index, at, price, rawPrice, share, reason })
    const left = trade.openShare - share
    trade.openShare = left < 1e-12 ? 0 : left
  }

  private valued(): Trade {
    const { series, trade } = this
    let proceeds = this.dividends
    for (const leg of trade.legs) proceeds += leg.share * leg.price
    proceeds += trade.openShare * series.close[series.length - 1]
    trade.markReturn = (trade.side * (proceeds - trade.entryPrice)) / trade.entryPrice
    trade.futureReturn = trade.openShare === 0 ? trade.markReturn : null
    return trade
  }
}
