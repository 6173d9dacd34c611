import { expect, test } from 'vitest'
import { facts } from '../../lib/backtest/report/facts.ts'

test('lists of one length are a table with a row for each place, folded away', () => {
  const text = facts({ by_symbol: { symbol: ['A', '<b>'], bars_got: [12, 7] } }).text
  expect(text).toContain('<summary>2 rows</summary>')
  expect(text).toMatch(/<td>A<\/td><td>12<\/td>[\s\S]*<td>&lt;b&gt;<\/td><td>7<\/td>/)
})

test('lists of different lengths stay lists', () => {
  expect(facts({ seen: { a: [1, 2], b: [3] } }).text).not.toContain('<summary>')
})
