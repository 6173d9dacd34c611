/** Metrics of the account as a whole: what it came to, what it paid, and how much of it was at risk. */
import type { PortfolioTrade } from '../holding.ts'
import type { EquityCurve } from '../portfolio.ts'
import { type Entries, entries } from './entry.ts'
import { type Figure, figureOf, known, unknown } from './figure.ts'
import { DAYS_A_YEAR } from './returns.ts'
import { mean } from './statistics.ts'

const NONE = 'no session with bars in the range'
const DAYS_OF_A_YEAR = 365.25

export interface Account {
  curve: EquityCurve
  trades: readonly PortfolioTrade[]
  finalEquity: number
}

export function accountEntries({ curve, trades, finalEquity }: Account, cash: number): Entries {
  const { day, equity, gross } = curve
  const sessions = day.length
  const of = (value: () => number | Figure): Figure => figureOf(day, NONE, value)
  const sum = (value: (trade: PortfolioTrade) => number) => trades.reduce((total, trade) => total + value(trade), 0)
  const days = sessions === 0 ? 0 : day[sessions - 1] - day[0]
  const whole = entries('whole range', sessions, {
    final_equity: ['cash + positions at the last close', finalEquity],
    peak_equity: ['largest equity at a close', of(() => equity.reduce((a, b) => Math.max(a, b)))],
    total_return: ['final equity / starting cash - 1', of(() => finalEquity / cash - 1)],
    cagr: [
      `(final equity / starting cash) ^ (${DAYS_OF_A_YEAR} / calendar days) - 1`,
      of(() => (days > 0 ? growth(finalEquity / cash, DAYS_OF_A_YEAR / days) : unknown('the range is a single day'))),
    ],
    duration_days: ['calendar days from the first session to the last', of(() => days)],
    commissions: ['commissions of all fills', sum(({ commission }) => commission)],
    slippage_cost: ['what slippage cost against the prices of the bars', sum(({ slippage }) => slippage)],
    borrow_cost: ['fees for borrowed shares', sum(({ borrow }) => borrow)],
    dividends: ['dividends received less those charged on shorts', sum(({ dividends }) => dividends)],
  })
  const daily = entries('daily', sessions, {
    exposure: [
      'mean of the value of all positions (shorts positive) / equity at the close',
      of(() => mean(gross.map((value, i) => value / equity[i]))),
    ],
    exposure_time: [
      'sessions with a position at any moment, those of entry and exit included / sessions',
      of(() => heldSessions(day, trades) / sessions),
    ],
    turnover: [
      `value of all fills / 2 / mean equity x ${DAYS_A_YEAR} / sessions: how often a year the account was turned over`,
      of(() => {
        const traded = sum(({ executions, pair }) =>
          [...executions, ...(pair?.executions ?? [])].reduce(
            (all, { price, shares }) => all + Math.abs(price * shares),
            0,
          ),
        )
        const middle = mean(equity)
        return middle > 0 ? ((traded / 2 / middle) * DAYS_A_YEAR) / sessions : unknown('the account was ruined')
      }),
    ],
  })
  const counts = entries('per trade', trades.length, {
    trades: ['entries of the portfolio', trades.length],
    closed_trades: ['entries that were fully left', trades.filter(({ open }) => !open).length],
  })
  return { ...whole, ...daily, ...counts }
}

const growth = (times: number, power: number): Figure =>
  times > 0 ? known(times ** power - 1) : unknown('the account was ruined: equity reached 0')

/** Sessions on which anything was held, from the first fill of a trade to its last (open: to the end). */
function heldSessions(day: readonly number[], trades: readonly PortfolioTrade[]): number {
  const changes = new Map<number, number>()
  const change = (at: number, by: number) => changes.set(at, (changes.get(at) ?? 0) + by)
  for (const { executions, open } of trades) {
    change(executions[0].day, 1)
    if (!open) change(executions[executions.length - 1].day + 1, -1)
  }
  const when = [...changes.keys()].sort((a, b) => a - b)
  let [next, held, count] = [0, 0, 0]
  for (const each of day) {
    while (next < when.length && when[next] <= each) held += changes.get(when[next++])!
    if (held > 0) count++
  }
  return count
}
