import { dateParts } from '../core/days.ts'
import { normal } from '../core/random.ts'
import { nyse } from './calendar.ts'
import { emptyColumns, type StoredColumns } from './codec.ts'
import type { Company } from './simulated-companies.ts'

/** One day's logarithmic return, from the last close to the open and from the open to the close. */
interface Move {
  overnight: Float64Array
  intraday: Float64Array
  /** the day's standard deviation, as the process had it before the day */
  sigma: Float64Array
}

/** Share of a day's variance that happens overnight. */
const OVERNIGHT = 0.3

/** Shocks with fat tails: one day in twenty draws from a distribution two and a half times as wide; cut at 4.5. */
function shock(uniform: () => number): number {
  const wide = uniform() < 0.05 ? 2.5 : 0.88
  return Math.max(-4.5, Math.min(4.5, wide * normal(uniform)))
}

/** A GARCH(1,1) process around a daily standard deviation: calm and stormy days come in clusters. */
export function clusteredMoves(uniform: () => number, days: number, sigma: number, drift: number): Move {
  const move = { overnight: new Float64Array(days), intraday: new Float64Array(days), sigma: new Float64Array(days) }
  const reaction = 0.09
  const memory = 0.89
  let variance = sigma * sigma
  for (let t = 0; t < days; t++) {
    const now = Math.sqrt(variance)
    move.sigma[t] = now
    move.overnight[t] = now * Math.sqrt(OVERNIGHT) * shock(uniform)
    move.intraday[t] = now * Math.sqrt(1 - OVERNIGHT) * shock(uniform) + drift
    const day = move.overnight[t] + move.intraday[t] - drift
    variance = (1 - reaction - memory) * sigma * sigma + reaction * day * day + memory * variance
    variance = Math.min(variance, 16 * sigma * sigma)
  }
  return move
}

const cents = (price: number) => Math.max(Math.round(price * 100) / 100, 0.01)

/** A session on which the company reports: the first at least `lag` days after the end of a calendar quarter. */
export function reportSessions(days: readonly number[], lag: number): Set<number> {
  const sessions = new Set<number>()
  const first = dateParts(days[0]).year - 1
  const last = dateParts(days[days.length - 1]).year
  for (let year = first; year <= last; year++)
    for (let quarter = 1; quarter <= 4; quarter++)
      sessions.add(nyse.nextSession(Date.UTC(year, quarter * 3, 0) / 86_400_000 + lag))
  return sessions
}

export interface SimulatedBars {
  columns: StoredColumns
  /** shares one share of the start has become by each bar */
  multiplier: Float64Array
}

/**
 * A company's bars as traded: market, sector and own moves, reports and news that open far from the last close on heavy
 * volume, volume that follows the size of the move, splits when the price has run away, quarterly dividends.
 */
export function simulateBars(
  uniform: () => number,
  company: Company,
  days: readonly number[],
  market: Move,
  sector: Move,
): SimulatedBars {
  const own = clusteredMoves(uniform, days.length, company.volatility, 0)
  const reports = reportSessions(days, company.reportLag)
  const start = company.listedAt
  const columns = emptyColumns(days.length - start)
  const multiplier = new Float64Array(columns.day.length)
  const payOffset = Math.floor(uniform() * 63)
  const splitAt = uniform() < 0.12 ? Math.floor(days.length * (0.2 + 0.75 * uniform())) : -1
  let perShare = company.dividendYield * company.price * 0.25
  let value = company.price
  let held = 1
  let busy = 0
  for (let t = start; t < days.length; t++) {
    const row = t - start
    // A split takes effect before the open; its ratio is what brings the price back to a common size.
    let ratio = 1
    const traded = value / held
    if (row > 0 && (traded > 520 || (t === splitAt && traded > 45))) ratio = traded > 300 ? 4 : traded > 150 ? 3 : 2
    else if (row > 0 && traded < 2.5) ratio = 0.1
    held *= ratio
    const pays = company.dividendYield > 0 && row > 0 && t % 63 === payOffset
    if (pays && t % 252 < 63) perShare *= 1.05
    const cash = pays ? Math.max(Math.round((perShare / held) * 1000) / 1000, 0.01) : 0
    const event = reports.has(days[t]) || uniform() < 0.004
    const surprise = event ? (uniform() < 0.5 ? 1 : -1) * (0.02 + 0.075 * uniform() * uniform()) : 0
    const gap = company.beta * market.overnight[t] + sector.overnight[t] + own.overnight[t] + surprise
    const day = company.beta * market.intraday[t] + sector.intraday[t] + own.intraday[t]
    const sigma = Math.hypot(company.beta * market.sigma[t], sector.sigma[t], own.sigma[t])
    const openValue = Math.max(value * Math.exp(gap) - cash * held, value * 0.3)
    value = openValue * Math.exp(day)
    const open = cents(openValue / held)
    const close = cents(value / held)
    const above = Math.exp(sigma * 0.45 * Math.abs(normal(uniform)))
    const below = Math.exp(-sigma * 0.45 * Math.abs(normal(uniform)))
    busy = 0.8 * busy + 0.18 * normal(uniform)
    const excitement = Math.min(Math.abs(gap + day) / sigma, 6)
    const heavy = Math.exp(busy + 0.22 * (excitement - 0.8) + (event ? 0.5 + 0.6 * uniform() : 0))
    columns.day[row] = days[t]
    columns.time[row] = nyse.closeInstant(days[t])
    columns.open[row] = open
    columns.close[row] = close
    columns.high[row] = Math.max(cents((Math.max(openValue, value) / held) * above), open, close)
    columns.low[row] = Math.min(cents((Math.min(openValue, value) / held) * below), open, close)
    columns.volume[row] = Math.max(Math.round(company.shares * held * company.turnover * heavy), 100)
    columns.split[row] = ratio
    columns.dividend[row] = cash
    multiplier[row] = held
  }
  return { columns, multiplier }
}

/** The fund that holds the market: its moves, no news of its own, a dividend each quarter. */
export function simulateFund(uniform: () => number, days: readonly number[], market: Move): StoredColumns {
  const columns = emptyColumns(days.length)
  columns.split.fill(1)
  let value = 290
  let busy = 0
  for (let t = 0; t < days.length; t++) {
    const cash = t % 63 === 50 ? Math.round(value * 0.0035 * 100) / 100 : 0
    const openValue = value * Math.exp(market.overnight[t]) - cash
    value = openValue * Math.exp(market.intraday[t])
    const spread = market.sigma[t] * 0.4
    busy = 0.85 * busy + 0.12 * normal(uniform)
    const excitement = Math.min(Math.abs(market.overnight[t] + market.intraday[t]) / market.sigma[t], 6)
    columns.day[t] = days[t]
    columns.time[t] = nyse.closeInstant(days[t])
    const open = cents(openValue)
    const close = cents(value)
    columns.open[t] = open
    columns.close[t] = close
    columns.high[t] = Math.max(
      cents(Math.max(openValue, value) * Math.exp(spread * Math.abs(normal(uniform)))),
      open,
      close,
    )
    columns.low[t] = Math.min(
      cents(Math.min(openValue, value) * Math.exp(-spread * Math.abs(normal(uniform)))),
      open,
      close,
    )
    columns.volume[t] = Math.round(7.5e7 * Math.exp(busy + 0.25 * (excitement - 0.8)))
    columns.dividend[t] = cash
  }
  return columns
}
