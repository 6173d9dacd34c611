/** Figures of closed trades, in the order of their entries. */
import { type Figure, figureOf, known, ratio, unknown } from './figure.ts'
import { geometricMean, mean, sampleDeviation, varies } from './statistics.ts'

/** What the figures read of a trade. */
export interface TradeFigures {
  /** after costs, with dividends, and as a fraction of what was bought (short: sold) */
  pnl: number
  return: number
  barsHeld: number
  /** calendar days from its first fill to its last */
  days: number
  /** worst and best price while held, as fractions of the entry price; absent where they were not looked at */
  mae?: number | null
  mfe?: number | null
}

export const NO_TRADE = 'the portfolio closed no trade'

type Trades = readonly TradeFigures[]

const won = (trades: Trades) => trades.filter(({ pnl }) => pnl > 0)
const lost = (trades: Trades) => trades.filter(({ pnl }) => pnl < 0)
const sumOf = (trades: Trades, value: (trade: TradeFigures) => number) =>
  trades.reduce((sum, trade) => sum + value(trade), 0)

/** Share of trades with a profit after costs. */
export const winRate = (trades: Trades): Figure => figureOf(trades, NO_TRADE, () => won(trades).length / trades.length)

/** Sum of profits / sum of losses, in money. */
export const profitFactor = (trades: Trades): Figure =>
  figureOf(trades, NO_TRADE, () =>
    ratio(
      sumOf(won(trades), ({ pnl }) => pnl),
      -sumOf(lost(trades), ({ pnl }) => pnl),
      'no trade lost',
    ),
  )

/** The same of the trades' returns: each counts alike, whatever its size. */
export const profitFactorOfReturns = (trades: Trades): Figure =>
  figureOf(trades, NO_TRADE, () => {
    const gained = trades.filter((trade) => trade.return > 0)
    const paid = trades.filter((trade) => trade.return < 0)
    return ratio(
      sumOf(gained, (trade) => trade.return),
      -sumOf(paid, (trade) => trade.return),
      'no trade lost',
    )
  })

/** Mean return of a trade. */
export const expectancy = (trades: Trades): Figure =>
  figureOf(trades, NO_TRADE, () => mean(trades.map((trade) => trade.return)))

/** Mean profit of a trade, in money. */
export const expectancyCash = (trades: Trades): Figure =>
  figureOf(trades, NO_TRADE, () => mean(trades.map(({ pnl }) => pnl)))

/** Return that, made on every trade, compounds to what they did. */
export const geometricTrade = (trades: Trades): Figure =>
  figureOf(trades, NO_TRADE, () => geometricMean(trades.map((trade) => trade.return)))

/** sqrt(trades) x mean profit / sample deviation of profits (Van Tharp's system quality number). */
export function systemQuality(trades: Trades): Figure {
  if (trades.length < 2) return unknown('fewer than two closed trades')
  const profits = trades.map(({ pnl }) => pnl)
  if (!varies(profits)) return unknown('the profits do not vary')
  return known((Math.sqrt(trades.length) * mean(profits)) / sampleDeviation(profits))
}

/** Mean profit of a won trade / mean loss of a lost one, in money. */
export function payoffRatio(trades: Trades): Figure {
  if (trades.length === 0) return unknown(NO_TRADE)
  const [wins, losses] = [won(trades), lost(trades)]
  if (wins.length === 0) return unknown('no trade won')
  if (losses.length === 0) return unknown('no trade lost')
  return known(mean(wins.map(({ pnl }) => pnl)) / -mean(losses.map(({ pnl }) => pnl)))
}

/** win rate - (1 - win rate) / payoff ratio (Kelly 1956). */
export function kelly(trades: Trades): Figure {
  const payoff = payoffRatio(trades)
  if ('reason' in payoff) return payoff
  const rate = won(trades).length / trades.length
  return known(rate - (1 - rate) / payoff.value)
}

/** Most trades in a row, by entry, that won (lost). */
export function longestStreak(trades: Trades, side: 1 | -1): Figure {
  return figureOf(trades, NO_TRADE, () => {
    let [longest, current] = [0, 0]
    for (const { pnl } of trades) {
      current = Math.sign(pnl) === side ? current + 1 : 0
      longest = Math.max(longest, current)
    }
    return longest
  })
}

/** Mean of a field over the trades that have it. */
export function meanOf(trades: Trades, field: 'days' | 'barsHeld' | 'mae' | 'mfe'): Figure {
  const values = trades.map((trade) => trade[field]).filter((value) => typeof value === 'number')
  return figureOf(values, NO_TRADE, mean)
}

/** Largest (smallest) of a field. */
export function extremeOf(trades: Trades, field: 'return' | 'days', side: 1 | -1): Figure {
  return figureOf(trades, NO_TRADE, () =>
    trades.reduce((most, trade) => (side * trade[field] > side * most ? trade[field] : most), -side * Infinity),
  )
}
