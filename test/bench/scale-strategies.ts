import type { Strategy } from '../../lib/strategy/strategy.ts'
import { unproven } from '../acceptance/threads.ts'

/** The same idea as code of two styles, and a third that is true on so many bars that the merge has much to do. */
export const STRATEGIES: Readonly<Record<'series' | 'arrays' | 'often', Strategy>> = {
  series: {
    ...unproven(
      `const rsi14 = rsi('close', 14)
const sma20 = sma('volume', 20)
export function classifySymbol(symbol) { return isBelow(rsi14.ago(0), 30) && isAbove(volume.ago(0), 2 * sma20.ago(1)) }`,
      ['classifySymbol'],
      ['rsi(close,14)', 'sma(volume,20)'],
    ),
    history_days: 0,
  },
  arrays: unproven(
    `export function classifySymbol(symbol) {
  const { close } = getPriceData(symbol, { days: 30 })
  return close.length > 1 && close[close.length - 1] > 1.05 * close[close.length - 2]
}`,
    ['classifySymbol'],
    [],
  ),
  often: {
    ...unproven(
      'export function classifySymbol(symbol) { return isAbove(close.ago(0), 1.015 * close.ago(1)) }',
      ['classifySymbol'],
      [],
    ),
    history_days: 0,
  },
}
