/** The run's decisions taken again with the future cut off: whoever sees ahead decides otherwise. */
import { isoDay } from '../../core/days.ts'
import { defineJob, type Engine, runAll } from '../../core/engine.ts'
import { AppError } from '../../core/errors.ts'
import { seeded, seedOf } from '../../core/random.ts'
import type { MarketSource } from '../../market/source.ts'
import { isEqual } from '../../rule/compare.ts'
import type { CrossColumns } from '../../rule/evaluate.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { type ScannedSymbol, scan } from '../../signals/scan.ts'
import { prepareScan, type ScanInput } from '../../signals/scan-input.ts'
import type { UniverseSession } from '../../signals/universe-scan.ts'

/** A decision or signal that differs once the future is cut off. */
export interface RecheckDifference {
  /** last day that was known */
  cut: string
  symbol: string
  /** of the bar decided on */
  date: string
  what: string
  run: string
  cut_off: string
}

export interface Recheck {
  cuts: string[]
  symbols: number
  cells_compared: number
  signals_compared: number
  differences_found: number
  /** the first of them */
  differences: RecheckDifference[]
}

export type RecheckPart = Omit<Recheck, 'cuts' | 'symbols'>

/** One cut of the symbols of a sample; `cross` as the run had it, `cutCross` as it is with the future cut off. */
export interface RecheckInput extends ScanInput {
  cut: number
  cutCross?: CrossColumns
}

export const recheckJob = defineJob<RecheckInput, RecheckPart>('backtest-recheck')

export const CUTS = 5
const MOST_SHOWN = 20
/** The days after which the future is cut off: drawn by strategy from the days of the run, ascending. */
export function cutsOf(days: readonly number[], hash: string): number[] {
  const random = seeded(seedOf(`${hash} cuts`))
  const drawn = new Set<number>()
  // the last day has no future to cut off
  const among = days.slice(0, -1)
  for (let i = 0; i < CUTS && among.length > 0; i++) drawn.add(among[Math.floor(random() * among.length)])
  return [...drawn].sort((a, b) => a - b)
}

/** Decides on the sample's bars up to the cut, on the whole data and on what was known then, and compares. */
export async function recheck(input: RecheckInput, stored: MarketSource, sandbox: Sandbox): Promise<RecheckPart> {
  const { cut, cutCross, symbols, from, engine, limits } = input
  const whole = await prepareScan({ ...input, cut: undefined }, stored)
  const known = await prepareScan({ ...input, to: cut }, stored)
  const request = { strategy: whole.view, symbols, from, to: cut, engine, limits }
  const found: RecheckPart = { cells_compared: 0, signals_compared: 0, differences_found: 0, differences: [] }
  // One after the other: a sandbox runs one strategy at a time.
  const before = await decisions(scan({ ...request, market: whole.market, cross: input.cross }, whole.source, sandbox))
  const after = await decisions(scan({ ...request, market: known.market, cross: cutCross }, known.source, sandbox))
  for (const [symbol, run] of before) {
    const again = after.get(symbol)
    if (again === undefined)
      throw new AppError('internal', `${symbol} has bars up to ${isoDay(cut)}, and none with the future cut off there.`)
    compare(run, again, isoDay(cut), found)
  }
  return found
}

type Decided = Pick<ScannedSymbol, 'symbol' | 'series' | 'from' | 'long' | 'short' | 'counts'> & {
  signals: ReturnType<ScannedSymbol['signals']>
}

async function decisions(scanned: AsyncIterable<ScannedSymbol>): Promise<Map<string, Decided>> {
  const found = new Map<string, Decided>()
  for await (const { symbol, series, from, long, short, counts, signals } of scanned)
    found.set(symbol, { symbol, series, from, long, short, counts, signals: signals() })
  return found
}

const VERDICTS = ['false', 'true', 'unknown', 'an error']

function compare(run: Decided, cut: Decided, day: string, found: RecheckPart): void {
  const dateOf = (i: number) => isoDay(run.series.day[run.from + i])
  const differs = (date: string, what: string, before: string, after: string) => {
    found.differences_found++
    if (found.differences.length < MOST_SHOWN)
      found.differences.push({ cut: day, symbol: run.symbol, date, what, run: before, cut_off: after })
  }
  for (const side of ['long', 'short'] as const) {
    const [before, after] = [run[side], cut[side]]
    if (before === null || after === null) continue
    for (let i = 0; i < before.length; i++) {
      found.cells_compared++
      if (before[i] !== after[i])
        differs(dateOf(i), side === 'long' ? 'signal' : 'short', VERDICTS[before[i]], VERDICTS[after[i]] ?? 'no bar')
    }
  }
  for (let i = 0; i < run.counts.length; i++)
    if (run.counts[i] !== cut.counts[i])
      differs(
        dateOf(i),
        'universe',
        run.counts[i] === 1 ? 'in it' : 'not in it',
        cut.counts[i] === 1 ? 'in it' : 'not in it',
      )
  const scores = new Map(cut.signals.map(({ bar, side, score }) => [`${bar} ${side}`, score]))
  for (const { bar, side, score } of run.signals) {
    found.signals_compared++
    const again = scores.get(`${bar} ${side}`)
    if (again === undefined || (Number.isNaN(score) && Number.isNaN(again)) || isEqual(score, again) === true) continue
    differs(isoDay(run.series.day[bar]), 'score', String(score), String(again))
  }
}

/** What a whole-universe form listed on the last day that is known, with all data and with the future cut off. */
export function compareListed(
  run: Pick<UniverseSession, 'day' | 'signals' | 'negatives'>,
  cut: Pick<UniverseSession, 'signals' | 'negatives'>,
): RecheckPart {
  const found: RecheckPart = { cells_compared: 0, signals_compared: 0, differences_found: 0, differences: [] }
  const date = isoDay(run.day)
  for (const [what, before, after] of [
    ['listed', run.signals, cut.signals],
    ['listed as no signal', run.negatives, cut.negatives],
  ] as const) {
    const [first, second] = [before, after].map((list) => new Map(list.map(({ symbol, score }) => [symbol, score])))
    for (const symbol of [...new Set([...first.keys(), ...second.keys()])].sort()) {
      found.cells_compared++
      if (first.has(symbol)) found.signals_compared++
      const said = (list: ReadonlyMap<string, number>) => (list.has(symbol) ? `yes, score ${list.get(symbol)}` : 'no')
      if (said(first) === said(second)) continue
      found.differences_found++
      if (found.differences.length < MOST_SHOWN)
        found.differences.push({ cut: date, symbol, date, what, run: said(first), cut_off: said(second) })
    }
  }
  return found
}

/** The parts of all cuts together. */
export function addRechecks(cuts: readonly number[], symbols: number, parts: readonly RecheckPart[]): Recheck {
  const total = (name: 'cells_compared' | 'signals_compared' | 'differences_found') =>
    parts.reduce((sum, part) => sum + part[name], 0)
  return {
    cuts: cuts.map(isoDay),
    symbols,
    cells_compared: total('cells_compared'),
    signals_compared: total('signals_compared'),
    differences_found: total('differences_found'),
    differences: parts.flatMap(({ differences }) => differences).slice(0, MOST_SHOWN),
  }
}

/** Runs the job for each cut. */
export async function recheckAll(engine: Engine, inputs: readonly RecheckInput[], symbols: number): Promise<Recheck> {
  const parts = await runAll(engine, recheckJob, inputs)
  return addRechecks(
    inputs.map(({ cut }) => cut),
    symbols,
    parts,
  )
}
