import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { metricsOf } from '../../../lib/backtest/metrics/metrics.ts'

const page = readFileSync(new URL('../../../lib/backtest/README.md', import.meta.url), 'utf8')
const empty = { curve: { day: [], equity: [], cash: [], gross: [], positions: [] }, trades: [], finalEquity: 1 }
const { definitions } = metricsOf([], empty, 1)

test('the page of metrics names every one with the formula it is computed by, and none else', () => {
  const [tables, lines] = page.split('## The lines of backtesting.py')
  const rows = [...tables.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, formula]) => [
    name,
    formula.replaceAll('\\|', '|'),
  ])
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries(Object.entries(definitions).map(([name, { formula }]) => [name, formula])),
  )
  expect(rows).toHaveLength(Object.keys(definitions).length)
  // what stands for its lines exists
  const named = [...lines.matchAll(/`(\w+)`/g)].map(([, name]) => name)
  expect(named.length).toBeGreaterThan(25)
  for (const name of named) expect(definitions).toHaveProperty(name)
})
