import { expect, test } from 'vitest'
import { differenceFinding, neverFires } from '../../lib/generate/findings.ts'
import { unproven } from '../acceptance/threads.ts'

const { proof } = unproven('', [], [])
const cell = { symbol: 'KO', date: '2020-03-09', what: 'signal' as const }

test('cells that differ are told with both decisions and what the rule reads there', () => {
  const first_differences = [
    { ...cell, rule: 'true', code: 'false', inputs: { 'rsi(close,14)': 29.5, 'sma(close,200)': null } },
  ]
  expect(
    differenceFinding({ ...proof, cells: 90, constructed_cells: 10, differences: 7, first_differences }, true),
  ).toBe(
    [
      'The rule is valid and the code runs, and they differ on 7 of 100 cells; the first:',
      '- KO 2020-03-09, signal: the rule says true, the code false; there rsi(close,14) = 29.5, sma(close,200) = undefined',
      'Where the rule says what the words mean, mend the code or answer code null; else mend the rule too.',
    ].join('\n'),
  )
})

test('code alone that decides otherwise when it is evaluated alone is told so, without word of a rule', () => {
  const first_differences = [{ ...cell, rule: 'true in bar order', code: 'false when evaluated alone' }]
  const finding = differenceFinding({ ...proof, reason: 'It keeps state.', differences: 1, first_differences }, false)
  expect(finding).toContain('It keeps state. The first of 1:\n- KO 2020-03-09: true in bar order, false when evaluated')
  expect(finding).not.toMatch(/the rule/i)
})

test('of conditions that are each true and never together the first one that lets nothing through is named', () => {
  const step = (condition: string, true_cells: number, together: number) => ({ condition, true_cells, together })
  const funnel = [step('a > 1', 40, 40), step('b > 2', 30, 0), step('c > 3', 20, 0)]
  expect(neverFires({ ...proof, cells: 198_212, symbols: 400, funnel })).toBe(
    'It never fires on 198212 bars of 400 symbols: conditions 1 to 2 are never true together; alone, condition 1 (a > 1) on 40, condition 2 (b > 2) on 30, condition 3 (c > 3) on 20.',
  )
})
