import { dateParts } from '../core/days.ts'
import { normal } from '../core/random.ts'
import { firstAt } from './bars.ts'
import { nyse } from './calendar.ts'
import type { FigureRecord } from './market.ts'
import type { SimulatedBars } from './simulated-bars.ts'
import type { Company } from './simulated-companies.ts'

const MILLION = 1e6

/**
 * Annual reports of a simulated company, from two years before its first bar on: a year ends on December 31 and is
 * published on the report session after it. Earnings follow the price of the year's end loosely, per-share figures
 * and share counts are as reported, in shares of their publication day.
 */
export function simulateFigures(
  uniform: () => number,
  company: Company,
  { columns, multiplier }: SimulatedBars,
): FigureRecord[] {
  const { figures, shares } = company
  const records: FigureRecord[] = []
  const lastDay = columns.day[columns.day.length - 1]
  const lastYear = dateParts(lastDay).year
  const million = (amount: number) => Math.round(amount / MILLION) * MILLION
  let scale = 1
  for (let year = dateParts(columns.day[0]).year - 3; year < lastYear; year++) {
    const periodEnd = Date.UTC(year, 11, 31) / 86_400_000
    const published = nyse.nextSession(periodEnd + company.reportLag)
    if (published > lastDay) break
    scale *= 1 + figures.growth + 0.06 * normal(uniform)
    const at = Math.min(firstAt(columns.day, periodEnd), columns.day.length - 1)
    const value = columns.close[at] * multiplier[at]
    const known = firstAt(columns.day, published)
    const held = columns.day[0] > published ? 1 : multiplier[known]
    // Half of a price change is believed to have been earned: the ratio of price to earnings wanders, and does not jump.
    const anchor = Math.sqrt(value * company.price * Math.max(scale, 0.3))
    const earned = (anchor / figures.priceToEarnings) * Math.exp(0.12 * normal(uniform))
    const eps = figures.loses && uniform() < 0.8 ? -earned * 0.6 : earned
    const netIncome = eps * shares
    const revenue = (Math.abs(earned) * shares) / figures.netMargin
    const equity = (anchor / figures.priceToBook) * shares
    const longTermDebt = equity * figures.debtToEquity
    const currentLiabilities = (equity + longTermDebt) * (0.15 + 0.2 * uniform())
    const currentAssets = currentLiabilities * figures.currentRatio * Math.exp(0.05 * normal(uniform))
    const totalAssets = Math.max(equity + longTermDebt + currentLiabilities * 1.2, currentAssets * 1.15)
    const cfo = netIncome + revenue * (0.03 + 0.04 * uniform())
    records.push({
      symbol: company.listing.symbol,
      kind: 'annual',
      periodEnd,
      published,
      values: {
        eps_ttm: Math.round((eps / held) * 100) / 100,
        shares: Math.round(shares * held),
        revenue_ttm: million(revenue),
        gross_profit_ttm: million(revenue * figures.grossMargin),
        ebit_ttm: million(netIncome * 1.3 + longTermDebt * 0.045),
        net_income_ttm: million(netIncome),
        cfo_ttm: million(cfo),
        capex_ttm: million(revenue * (0.03 + 0.05 * uniform())),
        cash: million(currentAssets * (0.2 + 0.3 * uniform())),
        current_assets: million(currentAssets),
        current_liabilities: million(currentLiabilities),
        fixed_assets: million((totalAssets - currentAssets) * 0.7),
        total_assets: million(totalAssets),
        short_term_debt: million(currentLiabilities * 0.2),
        long_term_debt: million(longTermDebt),
        equity: million(equity),
      },
    })
  }
  return records
}
