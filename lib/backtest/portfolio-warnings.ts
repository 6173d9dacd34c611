import type { PortfolioResult } from './portfolio.ts'

/** What of the signals and positions did not go as the rule says, in words. */
export function portfolioWarnings({ signals, trades, curve }: PortfolioResult): string[] {
  const found: string[] = []
  const count = (what: number, words: string) => {
    if (what > 0) found.push(`Portfolio: ${what} ${what === 1 ? 'signal' : 'signals'} ${words}`)
  }
  count(signals.undefined_size, 'not taken because SIZE was undefined or not positive.')
  count(signals.no_cash, 'not taken because the free cash did not buy one share.')
  count(signals.no_volume, "not taken because the allowed part of the bar's volume was less than one share.")
  count(signals.partly_filled, "filled in part: the allowed part of the bar's volume was less than the order.")
  count(
    signals.no_pair,
    'not taken because the PAIR symbol had no bar then, its equal dollars were less than one share, or it was the signal’s own.',
  )
  const late = trades.filter(({ executions, pair }) =>
    [...executions, ...(pair?.executions ?? [])].some((each) => each.late === true),
  ).length
  if (late > 0)
    found.push(
      `Portfolio: ${late} ${late === 1 ? 'position' : 'positions'} left over several bars, because one did not take the whole order.`,
    )
  const delisted = [...new Set(trades.filter((trade) => trade.exitReason === 'delisted').map((trade) => trade.symbol))]
  const whose = trades.some((trade) => trade.pair !== undefined) ? ', or those of the PAIR symbol,' : ''
  if (delisted.length > 0)
    found.push(
      `Sold at the last close because the bars${whose} end there: ${delisted.slice(0, 20).join(', ')}${delisted.length > 20 ? ` and ${delisted.length - 20} more` : ''}.`,
    )
  if (curve.equity.some((equity) => equity <= 0)) found.push('The account was ruined: equity fell to 0 or below.')
  return found
}
