import { expect, it } from 'vitest'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import { smallSymbol } from '../sandbox/small-symbol.ts'

it('10,000 runs in one process take no more memory than the first 500', async () => {
  const sandbox = await createSandbox()
  let after500 = 0
  for (let i = 0; i < 10_000; i++) {
    if (i === 500) after500 = process.memoryUsage.rss()
    const opened = sandbox.open(
      `const a = rsi('close', 14)\nexport function classifySymbol(symbol) { return getPriceData(symbol, { days: 5 }).close.length > 3 && close.ago(0) > ${i % 20} }`,
    )
    if ('error' in opened) throw new Error(opened.error.message)
    opened.session.load(smallSymbol('A', { columns: [new Float64Array(10)] }))
    const outcome = opened.session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 10 })
    expect(outcome.kind).toBe('done')
    opened.session.dispose()
  }
  expect(process.memoryUsage.rss()).toBeLessThan(after500 * 1.2)
})
