import { expect, it } from 'vitest'
import { trialsOf } from '../../../lib/backtest/honesty/trials.ts'
import { type Evidence, verdictOf } from '../../../lib/backtest/honesty/verdict.ts'

/** Everything speaks for it. */
const best: Evidence = {
  closedTrades: 200,
  mean: 0.01,
  low: 0.004,
  totalReturn: 0.8,
  deflatedSharpe: 0.98,
  trials: 3,
  symbol: { name: 'KO', share: 0.2 },
  month: { name: '2020-03', share: 0.2 },
  netProfit: 80_000,
  costsPaid: 2_000,
  breakEvenBps: 40,
  slippageBps: 1,
  outOfSample: { heldUp: true, words: 'It held up.' },
  recheckDifferences: 0,
  simulated: false,
  survivorshipBiased: false,
}
const level = (change: Partial<Evidence>) => verdictOf({ ...best, ...change }).level

it('is promising only when everything speaks for it, and says what is left open', () => {
  expect(verdictOf(best).level).toBe('promising')
  expect(verdictOf({ ...best, outOfSample: null, survivorshipBiased: true }).words).toMatch(
    /^Promising, but not yet tried/,
  )
})

it.each<[string, Partial<Evidence>, string]>([
  ['29 trades', { closedTrades: 29 }, 'weak'],
  ['a deflated Sharpe ratio of 0.9499', { deflatedSharpe: 0.9499 }, 'weak'],
  ['an undefined one', { deflatedSharpe: null }, 'weak'],
  ['an interval down to 0', { low: 0 }, 'weak'],
  ['an interval below 0 and a Sharpe ratio of chance', { low: -0.001, deflatedSharpe: 0.5 }, 'none'],
  ['one symbol with more than half', { symbol: { name: 'KO', share: 0.51 } }, 'mixed'],
  ['one month with more than half', { month: { name: '2020-03', share: 1.4 } }, 'mixed'],
  ['2 bps of room for slippage', { breakEvenBps: 3 }, 'mixed'],
  ['costs above the profit', { costsPaid: 90_000 }, 'mixed'],
  ['not holding out of sample', { outOfSample: { heldUp: false, words: '' } }, 'mixed'],
  ['too few trades out of sample', { outOfSample: { heldUp: null, words: '' } }, 'mixed'],
  ['invented bars', { simulated: true }, 'mixed'],
  ['no trade', { closedTrades: 0, mean: null, low: null, netProfit: 0 }, 'none'],
  ['a losing average trade', { mean: -0.001, low: -0.01 }, 'none'],
  ['a losing account', { totalReturn: -0.1 }, 'none'],
  ['costs that ate everything', { netProfit: -10, costsPaid: 50 }, 'none'],
  ['one decision that differs without the future', { recheckDifferences: 1 }, 'none'],
])('%s is never promising', (_, change, expected) => {
  expect(level(change)).toBe(expected)
  expect(verdictOf({ ...best, ...change }).reasons.length).toBeGreaterThan(0)
})

it('trials are the distinct strategies backtested, this one included, or the number asked', () => {
  const ran = (mode: string, hash: string | null) => ({
    mode,
    strategy_id: 1,
    strategy_version: 1,
    strategy_hash: hash,
  })
  const runs = [
    ran('backtest', 'a'),
    ran('backtest', 'a'),
    ran('backtest', 'b'),
    ran('screening', 'c'),
    ran('creation', null),
  ]
  expect(trialsOf(undefined, runs, 'a').count).toBe(2)
  expect(trialsOf(undefined, runs, 'z').count).toBe(3)
  expect(trialsOf(7, runs, 'a')).toEqual({ count: 7, source: 'the request' })
  expect(trialsOf(undefined, undefined, 'a').count).toBe(1)
})
