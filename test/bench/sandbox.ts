import { loadEngine } from '../../lib/adapters/local/quickjs-engine.ts'
import type { Market } from '../../lib/market/market.ts'
import { createEvaluator } from '../../lib/rule/evaluate.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import type { GuestSymbol } from '../../lib/sandbox/sandbox.ts'
import { rsiAndVolume } from './v8-reference.ts'

type Row = [what: string, figure: string, note: string]

const BARS = 504
const HANDLES = `const rsi14 = rsi('close', 14)
const sma20 = sma('volume', 20)
export function classifySymbol(symbol) { return isBelow(rsi14.ago(0), 30) && isAbove(volume.ago(0), 2 * sma20.ago(1)) }`
const ARRAYS = `export function classifySymbol(symbol) {
  const { close } = getPriceData(symbol, { days: 30 })
  return close.length > 1 && close[close.length - 1] > 1.05 * close[close.length - 2]
}`
const SERIES = ['rsi(close,14)', 'sma(volume,20)'].map((text) => parseExpression(text))

/** The least of several timings: what the work costs when nothing else runs. */
function least(work: () => void, times = 7): number {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    work()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

/** Engines side by side on the last 504 bars of every symbol of the market, in memory, on one core. */
export async function sandboxRows(market: Market, snapshot: URL): Promise<Row[]> {
  const all = market.symbols.map((symbol) => market.bars(symbol)!).filter((series) => series.length >= BARS)
  const cut = (column: Float64Array) => column.slice(column.length - BARS)
  const symbols: GuestSymbol[] = all.map((series) => {
    const { symbol, time, open, high, low, close, volume } = series
    const evaluator = createEvaluator(market, series)
    const columns = SERIES.map((expr) => cut(evaluator.column(expr)))
    const bars = { time, open, high, low, close, volume }
    const last = Object.fromEntries(Object.entries(bars).map(([name, column]) => [name, cut(column)])) as typeof bars
    return { symbol, ...last, cut: false, columns }
  })
  const cells = symbols.length * BARS
  const rows: Row[] = []
  const reference = least(() => {
    for (const { close, volume } of symbols) rsiAndVolume(close, volume, 0)
  })
  const speed = (ms: number) => `${(cells / ms / 1000).toFixed(2)} M bars/s`
  const ratio = (ms: number) => `1:${(ms / reference).toFixed(1)} of V8`
  rows.push([
    `V8, hand-written, ${symbols.length} symbols x ${BARS} bars`,
    `${reference.toFixed(1)} ms`,
    speed(reference),
  ])

  let start = performance.now()
  const sandbox = await createSandbox({ engine: await loadEngine(snapshot) })
  rows.push(['engine load in this process, after the backtests', `${(performance.now() - start).toFixed(0)} ms`, ''])
  const judge = (code: string, data: readonly GuestSymbol[], length: number): number => {
    start = performance.now()
    const opened = sandbox.open(code)
    if ('error' in opened) throw new Error(opened.error.message)
    const { session } = opened
    for (const [i, each] of data.entries()) {
      if (i % 64 === 0) session.clear()
      session.load({ ...each, columns: session.series.length === 0 ? [] : each.columns })
      const outcome = session.classify({ symbol: each.symbol, entry: 'classifySymbol', from: 0, to: length })
      if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
    }
    session.dispose()
    return performance.now() - start
  }
  const best = (...given: Parameters<typeof judge>) => Math.min(...Array.from({ length: 5 }, () => judge(...given)))
  const handles = best(HANDLES, symbols, BARS)
  rows.push([
    'QuickJS, function per bar over series handles',
    `${handles.toFixed(0)} ms`,
    `${speed(handles)}, ${ratio(handles)}`,
  ])
  const arrays = best(ARRAYS, symbols.slice(0, 50), BARS)
  rows.push([
    'QuickJS, getPriceData of 30 bars per bar',
    `${arrays.toFixed(0)} ms`,
    `${((50 * BARS) / arrays).toFixed(0)} k calls/s`,
  ])
  const tenfold = symbols.slice(0, 20).map((each): GuestSymbol => {
    const ten = (column: Float64Array) => Float64Array.from({ length: 10 * BARS }, (_, i) => column[i % BARS])
    const { open, high, low, close, volume, columns = [] } = each
    const time = Float64Array.from({ length: 10 * BARS }, (_, i) => i * 86_400_000)
    const bars = { open: ten(open), high: ten(high), low: ten(low), close: ten(close), volume: ten(volume) }
    return { symbol: each.symbol, time, ...bars, cut: false, columns: columns.map(ten) }
  })
  const tenth = best(HANDLES, symbols.slice(0, 20), BARS)
  rows.push(['10 x the bars, QuickJS', `${(best(HANDLES, tenfold, 10 * BARS) / tenth).toFixed(1)} x`, 'the time'])
  return rows
}
