import { expect, test } from 'vitest'
import {
  DEFAULT_SETTINGS,
  settingsInWords,
  settingsOf,
  sizeIsAsTraded,
  unappliedClauses,
} from '../../lib/backtest/settings.ts'
import { parseRule } from '../../lib/rule/clauses.ts'

test('the defaults are 100,000 cash, 20 slots, 1 bp slippage, no commission, the next open', () => {
  expect(DEFAULT_SETTINGS).toEqual({
    cash: 100_000,
    slots: 20,
    slippageBps: 1,
    slippageRange: 0,
    commission: 0,
    commissionPerShare: 0,
    commissionMinimum: 0,
    commissionOn: 'both',
    volumeShare: null,
    borrowRate: 0,
    cooldown: 0,
    fill: 'next_open',
    fractional: false,
    endPositions: 'mark',
    benchmark: null,
  })
})

test('the rule’s clauses replace them', () => {
  const clauses = { signal: 'close > 0', maxpos: 3, cooldown: 2, fill: 'close' as const }
  expect(settingsOf(clauses)).toEqual({ ...DEFAULT_SETTINGS, slots: 3, cooldown: 2, fill: 'close' })
  expect(settingsOf({ signal: 'close > 0', rebalance: 'week' }).slots).toBeNull()
  expect(settingsOf(null)).toEqual(DEFAULT_SETTINGS)
})

test('a default that is in force is said, the hold of five bars only without an exit', () => {
  const hold = (clauses: Parameters<typeof settingsInWords>[1], codeExits = false) =>
    settingsInWords(DEFAULT_SETTINGS, clauses, codeExits).some((line) => line.includes('hold 5 bars'))
  expect(hold({ signal: 'close > 0' })).toBe(true)
  expect(hold(null)).toBe(true)
  expect(hold(null, true)).toBe(false)
  expect(hold({ signal: 'close > 0', trail: 'close' })).toBe(false)
})

test('what the portfolio does not apply is named', () => {
  expect(unappliedClauses({ signal: 'close > 0', pair: "'PEP'" })).toEqual([
    expect.stringMatching(/^PAIR is not applied.*PEP/),
  ])
  expect(unappliedClauses({ signal: 'close > 0', limit: 30 })).toEqual([expect.stringMatching(/^LIMIT/)])
  expect(unappliedClauses({ signal: 'close > 0', stop: 'low', maxpos: 3 })).toEqual([])
  expect(unappliedClauses(null)).toEqual([])
})

test('a SIZE without prices counts shares as traded', () => {
  const asTraded = (size: string) => sizeIsAsTraded(parseRule({ signal: 'close > 0', stop: 'low', size }).size!)
  expect(['100', 'floor(equity/1000)'].map(asTraded)).toEqual([true, true])
  expect(['0.1*equity/entry_price', '0.01*equity/(2*atr(14))', 'floor(equity/initial_risk)'].map(asTraded)).toEqual([
    false,
    false,
    false,
  ])
})
