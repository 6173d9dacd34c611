import { isoDay } from '../core/days.ts'
import { normal, seeded, seedOf } from '../core/random.ts'
import type { BarSeries } from '../market/bars.ts'
import { newYorkText } from '../market/new-york.ts'
import type { Expr, Rule } from '../rule/ast.ts'
import { typeOf } from '../rule/check.ts'
import { isEqual } from '../rule/compare.ts'
import { expandDerived } from '../rule/derived.ts'
import type { Evaluator } from '../rule/evaluate.ts'
import { addToFunnel, emptyFunnel, type FunnelCounts, opensBy } from '../rule/funnel.ts'
import { compilePosition } from '../rule/position.ts'
import { contains, partsOf } from '../rule/tree.ts'
import type { CodePosition, ScannedSymbol, Verdicts } from '../signals/scan.ts'
import { signature } from '../strategy/series.ts'
import type { ProofDifference, ProofError } from '../strategy/strategy.ts'
import { inputsAt } from './cell-inputs.ts'

/** Differences that are shown. */
export const MOST_SHOWN = 10

export interface Tally {
  symbols: number
  cells: number
  trueCells: number
  ties: number
  isolatedCells: number
  guestErrors: number
  firstError: ProofError | undefined
  differences: number
  first: ProofDifference[]
  /** of each condition that SIGNAL (or, without one, SHORT) joins by "and": cells on which it is true, and all before it too */
  conditions: FunnelCounts | null
}

export const emptyTally = (): Tally => ({
  symbols: 0,
  cells: 0,
  trueCells: 0,
  ties: 0,
  isolatedCells: 0,
  guestErrors: 0,
  firstError: undefined,
  differences: 0,
  first: [],
  conditions: null,
})

/** How much of one symbol is looked at beyond its decisions. */
export interface Depth {
  /** bars evaluated alone, in reverse order */
  isolated: number
  /** positions whose exits are compared, and for how many bars */
  positions: number
  /** true cells whose scores are compared */
  scores: number
}

/** Compares one scanned symbol with its rule, cell by cell, and adds what it finds to the tally. */
export async function compareSymbol(
  scanned: ScannedSymbol,
  rule: Rule | null,
  depth: Depth,
  tally: Tally,
): Promise<void> {
  const shown = tally.first.length
  tally.symbols++
  tally.guestErrors += scanned.guestErrors
  tally.firstError ??= firstErrorOf(scanned)
  tally.cells += scanned.to - scanned.from
  const trueBars: { bar: number; side: 1 | -1 }[] = []
  for (const side of [1, -1] as const) {
    const verdicts = side === 1 ? scanned.long : scanned.short
    const expr = side === 1 ? rule?.signal : rule?.short
    if (verdicts === null && expr === undefined) continue
    if (rule !== null) compareDecisions(scanned, verdicts, expr, side, tally)
    if (expr !== undefined && expr === opensBy(rule)) countConditions(scanned, expr, tally)
    for (let i = 0; i < (verdicts?.length ?? 0); i++) {
      if (verdicts![i] === 1) trueBars.push({ bar: scanned.from + i, side })
    }
    if (verdicts !== null) await compareAlone(scanned, verdicts, side, depth.isolated, tally)
  }
  if (rule === null) tally.trueCells += trueBars.length
  if (rule?.rank !== undefined && scanned.hasScores)
    await compareScores(scanned, rule.rank.by, trueBars.slice(0, depth.scores), tally)
  // An EXIT that speaks of the account (equity, initial_risk) is applied by the host: the code has none to compare.
  if (rule?.exit !== undefined && scanned.hasExits)
    await compareExits(scanned, rule.exit, trueBars, depth.positions, tally)
  if (rule !== null)
    for (const difference of tally.first.slice(shown)) difference.inputs = inputsAt(scanned, rule, difference.date)
}

function firstErrorOf({ symbol, series, errors: [first] }: ScannedSymbol): ProofError | undefined {
  if (first === undefined) return undefined
  const { message, line, column } = first.error
  return { symbol, date: isoDay(series.day[first.bar]), message, line, column }
}

function compareDecisions(
  scanned: ScannedSymbol,
  verdicts: Verdicts | null,
  expr: Expr | undefined,
  side: 1 | -1,
  tally: Tally,
): void {
  const expected = expr === undefined ? null : scanned.evaluator.column(expr)
  for (let bar = scanned.from; bar < scanned.to; bar++) {
    const value = expected === null ? 0 : expected[bar]
    const verdict = verdicts === null ? 0 : verdicts[bar - scanned.from]
    const fires = value === 1
    if (fires === (verdict === 1)) {
      if (fires) tally.trueCells++
    } else if (expr !== undefined && tiedAt(scanned.evaluator, expr, bar)) {
      tally.ties++
    } else {
      differ(tally, scanned, bar, side === 1 ? 'signal' : 'short', truth(value), VERDICTS[verdict])
    }
  }
}

const VERDICTS = ['false', 'true', 'unknown', 'threw an error']
const truth = (value: number): string => (value === 1 ? 'true' : value === 0 ? 'false' : 'unknown')

/** The date of a bar; of an intraday one the time it ends, New York. */
function momentText({ timeframe, day, time }: BarSeries, bar: number): string {
  return timeframe === '1d' ? isoDay(day[bar]) : newYorkText(time[bar])
}

function differ(
  tally: Tally,
  scanned: ScannedSymbol,
  bar: number,
  what: ProofDifference['what'],
  rule: string,
  code: string,
): void {
  tally.differences++
  if (tally.first.length < MOST_SHOWN) {
    tally.first.push({ symbol: scanned.symbol, date: momentText(scanned.series, bar), what, rule, code })
  }
}

/**
 * Whether a comparison that the value at this bar rests on is between values equal within the language's tolerance, where
 * code with plain `<` may read otherwise. What speaks of a position is not followed.
 */
function tiedAt(evaluator: Evaluator, expr: Expr, bar: number): boolean {
  if (bar < 0) return false
  if (expr.kind === 'ago') return tiedAt(evaluator, expr.of, bar - expr.bars)
  if (expr.kind === 'compare') {
    const column = (part: Expr) => (contains(part, isPositional) ? undefined : evaluator.column(part))
    const meets = expr.operands.slice(1).some((right, i) => {
      const left = expr.operands[i]
      const [a, b] = [column(left)?.[bar], column(right)?.[bar]]
      if (a === undefined || b === undefined || isEqual(a, b) !== true) return false
      // Two computed values that are equal to the last bit here may differ in it when summed in another order. A value that
      // meets a literal exactly (a count, a price) does so in any order: that is no tie, it is the threshold.
      return a !== b || !(isLiteral(left) || isLiteral(right))
    })
    if (meets) return true
  }
  if (expr.kind === 'call' && expr.name === 'count') {
    const bars = expr.args[1].kind === 'number' ? expr.args[1].value : 0
    for (let back = 0; back < bars; back++) if (tiedAt(evaluator, expr.args[0], bar - back)) return true
    return false
  }
  // The comparisons inside an indicator are its own: only conditions are followed into their definitions.
  if ((expr.kind === 'call' || expr.kind === 'name') && typeOf(expr) !== 'condition') return false
  const definition = expandDerived(expr)
  if (definition !== undefined) return tiedAt(evaluator, definition, bar)
  return partsOf(expr).some((part) => tiedAt(evaluator, part, bar))
}

/** An expression that holds no value of a bar. */
const isLiteral = (expr: Expr): boolean => !contains(expr, (part) => part.kind === 'name' || part.kind === 'call')

const isPositional = (part: Expr): boolean =>
  (part.kind === 'name' || part.kind === 'call') && signature(part.name, part.kind === 'call')?.group === 'position'

/** Bars evaluated alone, in reverse order, on fresh instances: a decision that depends on earlier bars' runs differs. */
async function compareAlone(
  scanned: ScannedSymbol,
  verdicts: Verdicts,
  side: 1 | -1,
  most: number,
  tally: Tally,
): Promise<void> {
  const bars = sampleBars(scanned, verdicts, most)
  if (bars.length === 0) return
  const alone = await scanned.alone(side === 1 ? 'classifySymbol' : 'classifyShort', bars)
  tally.isolatedCells += bars.length
  bars.forEach((bar, i) => {
    const together = verdicts[bar - scanned.from]
    if (alone[i] !== together) {
      const what = side === 1 ? 'signal' : 'short'
      differ(
        tally,
        scanned,
        bar,
        what,
        `${VERDICTS[together]} in bar order`,
        `${VERDICTS[alone[i]]} when evaluated alone`,
      )
    }
  })
}

/** A seeded sample, latest first: the last bar, some bars that are true, the rest anywhere. */
function sampleBars(scanned: ScannedSymbol, verdicts: Verdicts, most: number): Int32Array {
  const uniform = seeded(seedOf(scanned.symbol))
  const chosen = new Set<number>()
  const trueBars = Array.from(verdicts.keys()).filter((i) => verdicts[i] === 1)
  if (most > 0) chosen.add(scanned.to - 1)
  for (let tries = 0; chosen.size < most && tries < 3 * most; tries++) {
    const fromTrue = tries % 3 === 0 && trueBars.length > 0
    const i = fromTrue ? trueBars[Math.floor(uniform() * trueBars.length)] : Math.floor(uniform() * verdicts.length)
    chosen.add(scanned.from + i)
  }
  return Int32Array.from([...chosen].sort((a, b) => b - a))
}

async function compareScores(scanned: ScannedSymbol, by: Expr, cells: { bar: number }[], tally: Tally): Promise<void> {
  if (cells.length === 0) return
  const expected = scanned.evaluator.column(by)
  const bars = Int32Array.from(new Set(cells.map((cell) => cell.bar)))
  const scores = await scanned.scores(bars)
  bars.forEach((bar, i) => {
    const same = Number.isNaN(expected[bar]) ? Number.isNaN(scores[i]) : isEqual(expected[bar], scores[i]) === true
    if (!same) differ(tally, scanned, bar, 'score', String(expected[bar]), String(scores[i]))
  })
}

async function compareExits(
  scanned: ScannedSymbol,
  exit: Expr,
  cells: { bar: number; side: 1 | -1 }[],
  most: number,
  tally: Tally,
): Promise<void> {
  const { series } = scanned
  const uniform = seeded(seedOf(`${scanned.symbol} exits`))
  const step = Math.max(1, Math.floor(cells.length / Math.max(1, most)))
  const positions: CodePosition[] = cells
    .filter((cell, i) => i % step === 0 && cell.bar + 1 < series.length)
    .slice(0, most)
    // Fills near the open, so that a level in EXIT is met from both sides.
    .map(({ bar, side }) => {
      const entryPrice = series.open[bar + 1] * (1 + 0.03 * normal(uniform))
      return { signal: bar, entry: bar + 1, entryPrice, side }
    })
  if (positions.length === 0) return
  const holds = compilePosition(exit, scanned.evaluator)
  const found = await scanned.exits(positions)
  for (const [i, position] of positions.entries()) {
    let expected = -1
    for (let bar = position.entry; bar < series.length && expected < 0; bar++) {
      if (holds(bar, { ...position, equity: Number.NaN, initialRisk: Number.NaN }) === 1) expected = bar
    }
    if (expected !== found[i]) {
      const earlier = Math.min(...[expected, found[i]].filter((bar) => bar >= 0))
      if (tiedAt(scanned.evaluator, exit, earlier)) {
        tally.ties++
        continue
      }
      const when = (bar: number) => (bar < 0 ? 'never' : `on ${momentText(series, bar)}`)
      differ(tally, scanned, position.signal, 'exit', when(expected), when(found[i]))
    }
  }
}

/** How much each condition of an entry lets through, of all cells: whoever is a member of UNIVERSE or not. */
function countConditions({ evaluator, from, to }: ScannedSymbol, expr: Expr, tally: Tally): void {
  tally.conditions ??= emptyFunnel(expr)
  const counts = new Uint8Array(to - from).fill(1)
  addToFunnel(tally.conditions, expr, evaluator, { from, to, counts, near: false })
}
