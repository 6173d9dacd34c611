import { expect, test } from 'vitest'
import { alertAnswer, type MonitoredSymbol } from '../../lib/alerts/answer.ts'

const arm: MonitoredSymbol = {
  symbol: 'ARM',
  time: Date.UTC(2024, 0, 15, 9, 35),
  price: 142.5,
  change: 0.052,
  signal: true,
  fires: true,
  side: 1,
  data: { gap_percent: 5.1 },
}

test('is the guide’s answer', () => {
  expect(alertAnswer([arm])).toEqual({
    alerts: [
      {
        symbol: 'ARM',
        type: 'strategy_signal',
        message: 'ARM triggered strategy alert',
        timestamp: '2024-01-15T09:35:00Z',
        priority: 'high',
        data: { gap_percent: 5.1, current_price: 142.5, daily_change: expect.closeTo(5.2, 12) },
      },
    ],
    signals: { ARM: { signal: true, timestamp: '2024-01-15T09:35:00Z', current_price: 142.5 } },
    symbols_monitored: 1,
  })
})

test('every monitored symbol has its signal, also those that do not fire', () => {
  const answer = alertAnswer([
    { ...arm, symbol: 'C', fires: false },
    { ...arm, symbol: 'A', signal: false, fires: false },
    { ...arm, symbol: 'B', signal: null, fires: false },
  ])
  expect(answer.alerts).toEqual([])
  expect(Object.entries(answer.signals).map(([symbol, { signal, unknown }]) => [symbol, signal, unknown])).toEqual([
    ['A', false, undefined],
    ['B', false, true],
    ['C', true, undefined],
  ])
  expect(answer.symbols_monitored).toBe(3)
})

test('a strategy words its own message and priority, and changes no price', () => {
  const data = { message: 'Up it goes', priority: 'low', current_price: 1, daily_change: 99 }
  expect(alertAnswer([{ ...arm, data }]).alerts).toMatchObject([
    { message: 'Up it goes', priority: 'low', data: { current_price: 142.5, daily_change: expect.closeTo(5.2, 12) } },
  ])
  expect(alertAnswer([{ ...arm, data: { priority: 'now!', message: '' } }]).alerts).toMatchObject([
    { message: 'ARM triggered strategy alert', priority: 'high' },
  ])
})

test('a short says so, a first bar has no daily change', () => {
  expect(alertAnswer([{ ...arm, side: -1, change: null }]).alerts).toMatchObject([
    { message: 'ARM triggered strategy alert (short)', data: { daily_change: null } },
  ])
})
