import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS, settingsOf, sizeIsAsTraded, unappliedClauses } from '../../lib/backtest/settings.ts'
import { settingsAsked, settingsOnWire, withoutSettings } from '../../lib/backtest/settings-wire.ts'
import { settingsInWords } from '../../lib/backtest/settings-words.ts'
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

test('what is asked for a run replaces the rule’s clauses, and leaves the others', () => {
  const clauses = { signal: 'close > 0', maxpos: 3, cooldown: 2, fill: 'close' as const, rebalance: 'week' as const }
  const asked = settingsAsked({ max_positions: 7, fill: 'next_open', cash: 5_000 })
  expect(settingsOf(clauses, asked)).toEqual({ ...DEFAULT_SETTINGS, slots: 7, cooldown: 2, cash: 5_000 })
  expect(settingsOf(clauses, settingsAsked({}))).toMatchObject({ slots: 3, fill: 'close' })
})

test('every setting has one name on the wire, there and back', () => {
  const asked = {
    cash: 1,
    commission: 0.1,
    commission_on: 'entry',
    commission_per_share: 2,
    commission_minimum: 3,
    slippage_bps: 4,
    slippage_range: 0.5,
    volume_share: 0.6,
    borrow_rate: 0.7,
    max_positions: 8,
    fill: 'close',
    end_positions: 'close_open',
    benchmark: 'IWM',
    fractional: true,
  } as const
  const settings = settingsOf(null, settingsAsked(asked))
  // one that is not asked for would show its default
  expect(settingsOnWire(settings)).toEqual({ ...asked, cooldown: 0 })
  expect(Object.keys(settingsOnWire(settings)).length).toBe(Object.keys(DEFAULT_SETTINGS).length)
  expect(withoutSettings({ ...asked, strategy_id: 1 })).toEqual({ strategy_id: 1 })
})

test('each setting in force is said', () => {
  const words = (asked: Parameters<typeof settingsAsked>[0]) =>
    settingsInWords(settingsOf(null, settingsAsked(asked)), null, false).join(' ')
  expect(words({})).toContain('Costs: 1 bp slippage on every fill; no commission.')
  expect(words({})).toContain("Orders are not limited by a bar's volume; nothing is paid for borrowed shares.")
  expect(words({})).toContain('Positions open at the end are valued at the last close.')
  expect(words({ slippage_bps: 0, slippage_range: 0.1 })).toContain("0 bp and 0.1 of the bar's range slippage")
  expect(
    words({ commission: 0.002, commission_per_share: 0.005, commission_minimum: 1, commission_on: 'exit' }),
  ).toContain('a commission of 0.002 of the value, 0.005 a share, at least 1 an order on each exit.')
  expect(words({ volume_share: 0.1, borrow_rate: 0.03 })).toMatch(/at most 0\.1 of the bar's volume.*cost 0\.03/)
  expect(words({ end_positions: 'close_open' })).toContain("closed at the last bar's open")
  expect(words({ benchmark: 'IWM' })).toContain('compared with IWM')
  expect(words({ max_positions: 1, fractional: true, fill: 'close' })).toMatch(
    /its own close.*at most 1 position, equal weight: equity at the signal's close \/ 1, parts of shares/,
  )
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
  expect(unappliedClauses({ signal: 'close > 0', pair: "'PEP'" }, 'next_open')).toEqual([
    expect.stringMatching(/^PAIR: the portfolio carries PEP .* own symbol\.$/),
  ])
  expect(unappliedClauses({ signal: 'close > 0', limit: 30 }, 'next_open')).toEqual([expect.stringMatching(/^LIMIT/)])
  expect(unappliedClauses({ signal: 'close > 0', stop: 'low', maxpos: 3 }, 'next_open')).toEqual([])
  expect(unappliedClauses(null, 'close')).toEqual([])
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
