/** What a run costs, side by side in one process: `npm run bench`. Milliseconds belong to this machine, ratios travel. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLocalApplication, localImports, localSource } from '../../functions/app.ts'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { yearsBefore } from '../../lib/core/days.ts'
import { firstAt } from '../../lib/market/bars.ts'
import type { ImportReport } from '../../lib/market/import.ts'
import { readCatalog } from '../../lib/market/store.ts'
import { storedSpan } from '../../lib/signals/selection.ts'
import { columnsRows } from './columns.ts'
import { sandboxRows } from './sandbox.ts'
import { startRows } from './start.ts'
import { rsiAndVolume } from './v8-reference.ts'
import { wholeHistoryRows } from './whole-history.ts'

const shared = fileURLToPath(new URL('../../../shared/market/', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'saywhen-bench-'))
const thread = new URL('../../dist/thread.mjs', import.meta.url)

const rows: [string, string, string][] = []
const say = (what: string, figure: string, note = '') => rows.push([what, figure, note])
const ms = (time: number) => `${time.toFixed(0)} ms`
const rss = () => `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`

async function timed<Value>(work: () => Promise<Value>): Promise<[number, Value]> {
  const start = performance.now()
  const value = await work()
  return [performance.now() - start, value]
}

const imports = localImports(home)
if (existsSync(shared)) {
  const [time, report] = await timed(() => imports.importBars(join(shared, 'bars/daily'), () => {}))
  say('import, 407 files of daily bars', ms(time), `${(report as ImportReport).rowsStored} bars, ${rss()} RSS`)
  await imports.importUniverse(join(shared, 'universe.csv'))
} else {
  const [time] = await timed(() => imports.simulateBars({}))
  say('simulated market (no ../shared)', ms(time))
}

const source = await localSource(home)
const app = await createLocalApplication({ home, thread })
const series = await app.createStrategy({ rule: 'SIGNAL: rsi(close,14) < 30 and volume > 2*sma(volume,20)[1]' })
const arrays = await app.createStrategy({
  code: `export function classifySymbol(symbol) {
  const data = getPriceData(symbol, { timeframe: '1d', days: 30 })
  if (data.close.length < 22) return null
  const last = data.close.length - 1
  let sum = 0
  for (let i = last - 20; i < last; i++) sum += data.volume[i]
  return data.open[last] / data.close[last - 1] - 1 > 0.03 && data.volume[last] > 1.5 * (sum / 20)
}`,
})
for (const [name, created] of [
  ['series handles', series],
  ['getPriceData', arrays],
] as const) {
  if (created.status !== 'created') throw new Error(JSON.stringify(created))
  const request = { strategy_id: created.strategy.strategy_id }
  const [first] = await timed(() => app.runBacktest(request))
  // Said otherwise, so that it is computed again: the same request twice is one run.
  const [second, answer] = await timed(() => app.runBacktest({ ...request, engine: 'quickjs' }))
  if (answer.state !== 'done') throw new Error(JSON.stringify(answer))
  const { summary } = answer.result as { summary: { symbols_processed: number; total_instances: number } }
  const note = `${summary.symbols_processed} symbols, ${summary.total_instances} instances, 2 years, ${cpus().length} cores`
  say(`backtest from stored bars to JSON, ${name}: first`, ms(first), note)
  say(`backtest from stored bars to JSON, ${name}: again`, ms(second), rss())
}

const { last: to } = storedSpan((await readCatalog(await openDirectory(home), '1d'))!)!
const from = yearsBefore(to, 2)
const market = await source.load({ timeframe: '1d', from, to, lookback: 14 + 37 * 14 })
let signals = 0
const reference = () => {
  signals = 0
  for (const symbol of market.symbols) {
    const { close, volume, day } = market.bars(symbol)!
    signals += rsiAndVolume(close, volume, firstAt(day, from))
  }
}
reference()
const start = performance.now()
for (let i = 0; i < 10; i++) reference()
const v8 = (performance.now() - start) / 10
say('V8 reference, hand-written typed arrays, in memory, one core', `${v8.toFixed(1)} ms`, `${signals} signals`)

await app.close()
if (series.status === 'created') rows.push(...wholeHistoryRows(home, series.strategy.strategy_id, '2000-01-01'))
rows.push(...(await sandboxRows(market, new URL('./engine.bin', thread))))
rows.push(...columnsRows(market))
rows.push(...(await startRows(home, thread)))

const [wholeTime, whole] = await timed(() => source.load({ timeframe: '1d', lookback: 0 }))
const bars = whole.symbols.reduce((sum, symbol) => sum + whole.bars(symbol)!.length, 0)
say('load every stored bar', ms(wholeTime), `${bars} bars, one thread`)
rmSync(home, { recursive: true, force: true })
const width = Math.max(...rows.map(([what]) => what.length))
for (const [what, figure, note] of rows) console.log(`${what.padEnd(width)}  ${figure.padStart(10)}  ${note}`)
