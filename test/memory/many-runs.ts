// A process that makes runs, one after the other, as a served home would, and prints what it holds: one JSON line per step.
// Arguments: the home, the worker thread's URL, how many runs, runs per step, and `collected` to collect all garbage before
// each reading. A home without strategies gets them; with 0 runs nothing else happens.
import { createLocalApplication } from '../../functions/app.ts'
import type { CreateRequest } from '../../functions/application.ts'
import { collect, collectThreads } from './heaps.ts'
import type { Step } from './measure.ts'

const THREADS = 2
const SYMBOLS = 12
const STRATEGIES: CreateRequest[] = [
  { rule: 'SIGNAL: rsi(close,14) < 40' },
  {
    code: `export function classifySymbol(symbol) {
  const { close, volume } = getPriceData(symbol, { days: 20 })
  if (close.length < 20) return null
  const signal = close.at(-1) > 1.02 * close.at(-2)
  return { signal, score: close.at(-1) / close.at(-20), data: { volume: volume.at(-1) } }
}`,
  },
  {
    code: `export function runScreening(universe, limit) {
  const large = scanUniverse({ filters: { min_market_cap: 0 }, limit: 50 })
  const ranked_results = []
  for (const symbol of universe) {
    const { close } = getPriceData(symbol, { days: 6 })
    if (close.length === 6) ranked_results.push({ symbol, score: close[5] / close[0] + (large.includes(symbol) ? 1 : 0) })
  }
  return { ranked_results: ranked_results.sort((a, b) => b.score - a.score).slice(0, limit) }
}`,
  },
]

const [, , home, thread, runs, step, mode] = process.argv
const app = await createLocalApplication({ home, thread: new URL(thread), threads: THREADS })

async function prepare(): Promise<void> {
  if ((await app.strategies()).length > 0) return
  for (const request of STRATEGIES) {
    const answer = await app.createStrategy(request)
    if (answer.status !== 'created') throw new Error(JSON.stringify(answer))
  }
}

async function makeRuns(): Promise<void> {
  const [rule, arrays, universe] = (await app.strategies()).map((strategy) => strategy.strategy_id)
  const screened = await app.runScreener({ strategy_id: universe, limit: SYMBOLS })
  if (screened.state !== 'done') throw new Error(JSON.stringify(screened))
  const symbols = (screened.result.ranked_results as { symbol: string }[]).map(({ symbol }) => symbol)
  const few = (i: number) => [symbols[i % symbols.length]]
  /** A day of its own for every so many runs: what was run before would only be answered again. */
  const day = (i: number) =>
    new Date(Date.UTC(2024, 6, 1) + (Math.floor(i / 60) % 500) * 86_400_000).toISOString().slice(0, 10)
  const kinds: ((i: number) => Promise<unknown>)[] = [
    (i) => app.runBacktest({ strategy_id: rule, symbols: few(i), start_date: day(i) }),
    (i) => app.runBacktest({ strategy_id: arrays, symbols: few(i), start_date: day(i), end_date: '2025-12-30' }),
    (i) => app.runScreener({ strategy_id: rule, universe: few(i), as_of: day(i) }),
    (i) => app.runScreener({ strategy_id: universe, universe: few(i), limit: 2, as_of: day(i) }),
    (i) => app.runAlert({ strategy_id: arrays, symbols: few(i), as_of: day(i) }),
  ]
  // Chunks for every thread: all of them have started.
  await app.runBacktest({ strategy_id: rule, symbols })
  let start = process.cpuUsage()
  for (let i = 0; i < Number(runs); i++) {
    await kinds[i % kinds.length](i)
    if ((i + 1) % Number(step) !== 0) continue
    const { user, system } = process.cpuUsage(start)
    const told: Step = { runs: i + 1, ...(await reading()), cpuMs: (user + system) / 1_000 / Number(step) }
    console.log(JSON.stringify(told))
    start = process.cpuUsage()
  }
}

async function reading(): Promise<Pick<Step, 'rss' | 'live'>> {
  if (mode !== 'collected') return { rss: process.memoryUsage.rss(), live: null }
  const held = [...(await collectThreads(THREADS)), collect()]
  const live = held.reduce((sum, { heap, external }) => sum + heap + external, 0)
  return { rss: process.memoryUsage.rss(), live }
}

try {
  await prepare()
  if (Number(runs) > 0) await makeRuns()
} finally {
  await app.close()
}
