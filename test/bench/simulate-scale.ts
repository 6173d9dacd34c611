/** Backtests of 500, 5,000 and 50,000 symbols on AWS, played through: `npm run simulate:scale`. Speeds are measured in the same run. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { yearsBefore } from '../../lib/core/days.ts'
import { LIST_PRICES } from '../../lib/core/prices.ts'
import { MEMORY_MB } from '../../lib/signals/estimate.ts'
import type { Measured, MeasureOrder } from './measured-process.ts'
import { LAST_DAY, storeScaleMarket } from './scale-market.ts'
import { ASSUMED, type Speeds, simulateRun } from './scale-run.ts'

const SYMBOLS = 303
const YEARS = 10
const SIZES = [500, 5_000, 50_000]
const MERGE_LIMIT_S = 300
const home = mkdtempSync(join(tmpdir(), 'saywhen-scale-'))
const began = performance.now()
const whole = (value: number) => Math.round(value).toLocaleString('en')
const digits = (value: number) => String(Number(value.toPrecision(3)))

const catalog = await storeScaleMarket(await openDirectory(home), SYMBOLS, YEARS + 3)
const stored = catalog.objects.reduce((sum, each) => ({ rows: sum.rows + each.rows, bytes: sum.bytes + each.bytes }), {
  rows: 0,
  bytes: 0,
})

const script = fileURLToPath(new URL('./measured-process.ts', import.meta.url))
async function measure(order: Pick<MeasureOrder, 'strategy' | 'sizes' | 'merge'>): Promise<Measured[]> {
  const { strategy } = order
  const answer = join(home, `answer-${strategy}`)
  const given: MeasureOrder = { ...order, home, from: yearsBefore(LAST_DAY, YEARS), to: LAST_DAY, answer }
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, JSON.stringify(given)])
  return JSON.parse(stdout)
}

/** The straight line through points by least squares; neither its height at 0 nor its rise below 0. */
function line(points: readonly [x: number, y: number][]): { at0: number; rise: number } {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(points.map(([each]) => each)), mean(points.map(([, each]) => each))]
  const above = points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0)
  const rise = Math.max(0, above / points.reduce((sum, [a]) => sum + (a - x) ** 2, 0))
  return { at0: Math.max(0, y - rise * x), rise }
}

/** Smallest first, so that the memory a process came to belongs to the size it was at; each size twice, the faster counts. */
async function chunkSpeeds(
  strategy: 'series' | 'arrays',
  sizes: number[],
): Promise<{ chunk: Speeds['chunk']; all: Measured[] }> {
  const all = await measure({ strategy, sizes: sizes.flatMap((size) => [size, size]), merge: false })
  const best = sizes.map((_, i) => (all[2 * i].ms < all[2 * i + 1].ms ? all[2 * i] : all[2 * i + 1]))
  const time = line(best.map(({ bars, ms }) => [bars, ms]))
  const memory = line(sizes.map((_, i) => [all[2 * i + 1].bars, all[2 * i + 1].peakMb]))
  const chunk = { fixedMs: time.at0, usPerBar: time.rise * 1_000, mb: memory.at0, bytesPerBar: memory.rise * 2 ** 20 }
  for (const { symbols, bars, ms, peakMb } of best)
    console.log(
      `  chunk, ${strategy}: ${symbols} symbols, ${whole(bars)} bars: ${whole(ms)} ms of CPU, peak ${whole(peakMb)} MB`,
    )
  return { chunk, all }
}

console.log(
  `Measured on ${cpus()[0].model}, Node ${process.version}, ${SYMBOLS} simulated symbols, ${YEARS} years of daily bars`,
)
const series = await chunkSpeeds('series', [32, 101, SYMBOLS])
const arrays = await chunkSpeeds('arrays', [16, 48])
await measure({ strategy: 'often', sizes: [SYMBOLS], merge: false })
const [small] = await measure({ strategy: 'series', sizes: [101], merge: true })
const [usual] = await measure({ strategy: 'series', sizes: [SYMBOLS], merge: true })
const [often] = await measure({ strategy: 'often', sizes: [SYMBOLS], merge: true })
for (const [name, each] of Object.entries({ small, usual, often }))
  console.log(
    `  merge, ${name}: ${whole(each.signals)} signals of ${each.symbols} symbols: ${whole(each.ms)} ms of CPU, peak ${whole(each.peakMb)} MB`,
  )
const more = often.signals - usual.signals
const msPerSignal = Math.max(0, (often.ms - usual.ms) / more)
const byBars = line([small, usual].map(({ bars, ms, signals }) => [bars, ms - signals * msPerSignal]))
const kbPerSignal = Math.max(0, ((often.peakMb - usual.peakMb) * 1_024) / more)
const merge = {
  fixedMs: byBars.at0,
  usPerBar: byBars.rise * 1_000,
  msPerSignal,
  mb: usual.peakMb - (usual.signals * kbPerSignal) / 1_024,
  kbPerSignal,
}
const last = series.all[series.all.length - 1]
const base = { merge, objectBytesPerBar: stored.bytes / stored.rows }
const speedsOf = (chunk: Speeds['chunk'], of: Measured): Speeds => ({
  ...base,
  chunk,
  signalsPerBar: of.signals / of.bars,
  answerBytesPerSignal: of.answerBytes / of.signals,
})
const speeds = {
  series: speedsOf(series.chunk, last),
  arrays: speedsOf(arrays.chunk, arrays.all[arrays.all.length - 1]),
}
for (const [style, { chunk, signalsPerBar }] of Object.entries(speeds))
  console.log(
    `  fitted, ${style}: ${whole(chunk.fixedMs)} ms + ${digits(chunk.usPerBar)} us a bar; ${whole(chunk.mb)} MB + ${whole(chunk.bytesPerBar)} bytes a bar; a signal in ${whole(1 / signalsPerBar)} bars`,
  )
console.log(
  `  fitted, merge: ${whole(merge.fixedMs)} ms + ${digits(merge.usPerBar)} us a bar + ${digits(msPerSignal)} ms a signal; ${whole(merge.mb)} MB + ${digits(kbPerSignal)} KB a signal; a stored bar is ${whole(base.objectBytesPerBar)} bytes`,
)

const titles =
  'symbols|bars|code|chunks|at once|chunk s|longest|merge s|wall s|warm s|chunk MB|merge MB|cents|estimate|in s'.split(
    '|',
  )
const rows: string[][] = [titles]
const outgrown: string[] = []
for (const style of ['series', 'arrays'] as const)
  for (const symbols of SIZES) {
    const run = await simulateRun(style, symbols, speeds[style], false)
    const { wallS: warmS } = await simulateRun(style, symbols, speeds[style], true)
    const { bars, chunks, sideBySide, chunkS, mergeS, wallS, chunkMb, mergeMb } = run
    const seconds = [chunkS.middle, chunkS.longest, mergeS, wallS, warmS].map((each) => each.toFixed(1))
    const memory = [whole(chunkMb), whole(mergeMb)]
    const money = [digits(run.cents), digits(run.estimateCents), run.estimateS.toFixed(1)]
    const work = [whole(symbols), whole(bars), style, whole(chunks), whole(sideBySide)]
    rows.push([...work, ...seconds, ...memory, ...money])
    const name = `${whole(symbols)} symbols, ${style}`
    if (chunkMb > MEMORY_MB.chunk) outgrown.push(`${name}: a chunk needs ${whole(chunkMb)} MB of ${MEMORY_MB.chunk}`)
    if (mergeMb > MEMORY_MB.merge) outgrown.push(`${name}: the merge needs ${whole(mergeMb)} MB of ${MEMORY_MB.merge}`)
    if (mergeS > MERGE_LIMIT_S) outgrown.push(`${name}: the merge takes ${whole(mergeS)} s of ${MERGE_LIMIT_S}`)
  }
const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)))
console.log()
for (const row of rows) console.log(row.map((cell, i) => cell.padStart(widths[i])).join('  '))
if (outgrown.length > 0) console.log(['', 'Outgrown:', ...outgrown.map((each) => `  ${each}`)].join('\n'))
console.log(`
Wall time with cold functions, and with warm ones; cents with cold ones; what was estimated before, with warm ones.
Assumed: a core of Lambda (${MEMORY_MB.chunk} MB, arm64) is as fast as the one measured (x ${ASSUMED.core}); S3 answers in ${ASSUMED.s3Ms} ms and gives
  one function ${ASSUMED.s3MbPerSecond} MB/s; every chunk reads all objects of its shards from there, also on warm functions; a cold start is ${ASSUMED.coldMs} ms;
  a queue has ${ASSUMED.queue.first} batches side by side at first, ${ASSUMED.queue.perMinute} more each minute, ${whole(ASSUMED.queue.most)} at most; a message is taken ${ASSUMED.queue.deliveryMs} ms after it was sent;
  runs are planned for ${ASSUMED.machines} side by side; nothing else runs; nothing fails. Memory: chunk ${MEMORY_MB.chunk} MB, merge ${MEMORY_MB.merge} MB.
Prices of ${LIST_PRICES.asOf}: ${LIST_PRICES.source}.
Took ${whole((performance.now() - began) / 1_000)} s.`)
rmSync(home, { recursive: true, force: true })
