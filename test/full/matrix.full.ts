import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backtest } from '../../lib/backtest/backtest.ts'
import { canonicalJson } from '../../lib/core/hash.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'
import { created, newHome, openApplication } from '../acceptance/home.ts'
import { openThreads, progress, unproven } from '../acceptance/threads.ts'

// Every number of chunks from 1 to 64 on 1 to 4 threads, symbols in either order: one result.

const code = (text: string): Strategy => unproven(text, ['classifySymbol'], [])
const KEEPERS: [string, Strategy][] = [
  ['a counter', code('let n = 0\nexport function classifySymbol() { n++; return n % 7 === 0 }')],
  ['chance', code('export function classifySymbol() { return Math.random() < 0.02 }')],
]

function essence(result: Record<string, unknown>): string {
  const { chunks: _, ...receipt } = result.receipt as Record<string, unknown>
  return canonicalJson({ ...result, receipt })
}

describe('a backtest', () => {
  const { home, imports, remove } = newHome()
  const strategies: [string, Strategy][] = [...KEEPERS]
  let symbols: string[]

  beforeAll(async () => {
    await imports.simulateBars({})
    const app = await openApplication(home)
    strategies.push(['a threshold', await created(app, { rule: 'SIGNAL: rsi(close,14) < 30' })])
    strategies.push([
      'a rank',
      await created(app, { rule: 'SIGNAL: xrank(roc(close,20)) > 0.9\nRANK: roc(close,20) desc\nMAXPOS: 5' }),
    ])
    await app.close()
  })
  afterAll(remove)

  it.each([1, 2, 3, 4])(
    'is bit-identical for 1 to 64 chunks on %i threads, in either order of symbols',
    async (size) => {
      const threads = await openThreads(home, { size })
      try {
        symbols ??= [...(await threads.deps.source.symbols('1d'))].slice(0, 70)
        const window = { from: 19_900, to: 19_960 }
        for (const [name, strategy] of strategies) {
          const run = async (chunks: number, order: string[]) =>
            essence(await backtest(threads.deps, strategy, { ...window, symbols: order, chunks, progress }))
          const usual = await run(1, symbols)
          for (let chunks = 1; chunks <= 64; chunks++) {
            const order = chunks % 2 === 0 ? symbols : symbols.toReversed()
            expect(await run(chunks, [...order]), `${name}, ${chunks} chunks`).toBe(usual)
          }
        }
      } finally {
        await threads.close()
      }
    },
  )
})
