/** The check on a run whose rule was evaluated on columns: its code decides too on some symbols, and a difference ends the run. */
import { isoDay } from '../core/days.ts'
import { defineJob } from '../core/engine.ts'
import { AppError } from '../core/errors.ts'
import { canonicalJson } from '../core/hash.ts'
import type { BarSeries } from '../market/bars.ts'
import type { MarketSource } from '../market/source.ts'
import { isEqual } from '../rule/compare.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { type ScannedSymbol, scan, type Verdicts } from '../signals/scan.ts'
import { prepareScan, type ScanInput } from '../signals/scan-input.ts'
import type { StrategyView } from '../signals/strategy-view.ts'
import { exitRules } from './exit-rules.ts'
import type { Fill } from './exits.ts'
import { entryOf } from './trades.ts'

/** What both engines computed, and computed alike. */
export interface Reproved {
  cells: number
  /** cells that are true */
  trueCells: number
  /** scores at true cells, against RANK */
  scores: number
  /** positions whose EXIT was followed */
  exits: number
}

export const nothingReproved = (): Reproved => ({ cells: 0, trueCells: 0, scores: 0, exits: 0 })

export function addUp(parts: readonly Reproved[]): Reproved {
  const sum = nothingReproved()
  for (const part of parts) for (const key of Object.keys(sum) as (keyof Reproved)[]) sum[key] += part[key]
  return sum
}

export interface ReproveInput extends ScanInput {
  /** when a signal is filled */
  fill: Fill
}

export const reproveJob = defineJob<ReproveInput, Reproved>('backtest-reprove')

/** Scans the symbols by columns and by code; throws `not_proven_equal` with symbol, date and both values where they differ. */
export async function reprove(input: ReproveInput, stored: MarketSource, sandbox: Sandbox): Promise<Reproved> {
  const { view, market, source } = await prepareScan(input, stored)
  const { symbols, from, to, cross, limits, fill } = input
  const request = { strategy: view, market, symbols, from, to, cross, limits }
  const byCode = scan(request, source, sandbox)
  const byColumns = scan({ ...request, engine: 'columns' }, source, sandbox)
  const found = nothingReproved()
  try {
    for await (const rule of byColumns) {
      const code = (await byCode.next()).value!
      compareVerdicts('signal', rule, code, found)
      compareVerdicts('short', rule, code, found)
      compareSignals(rule, code)
      await compareScores(rule, code, view, found)
      await compareExits(rule, code, view, fill, found)
    }
  } finally {
    await byCode.return()
  }
  return found
}

const SIDES = { signal: 'long', short: 'short' } as const
const VERDICTS = ['false', 'true', 'unknown', 'an error']

/** Unknown cells of the rule may be false in the code, which need not speak in three values; never the other way round. */
function compareVerdicts(what: 'signal' | 'short', rule: ScannedSymbol, code: ScannedSymbol, found: Reproved): void {
  const ruled: Verdicts | null = rule[SIDES[what]]
  const coded = code[SIDES[what]]
  if (ruled === null || coded === null) return
  for (let i = 0; i < ruled.length; i++) {
    if (ruled[i] !== coded[i] && !(ruled[i] === 2 && coded[i] === 0))
      throw differs(what, rule.series, rule.from + i, VERDICTS[ruled[i]], VERDICTS[coded[i]])
    found.cells++
    if (ruled[i] === 1) found.trueCells++
  }
}

/** What a signal carries: a score or data of the code's own would be lost on columns. */
function compareSignals(rule: ScannedSymbol, code: ScannedSymbol): void {
  const coded = code.signals()
  for (const [i, { bar, score, data }] of rule.signals().entries()) {
    const other = coded[i]
    if (!Object.is(score, other.score)) throw differs('score', rule.series, bar, score, other.score)
    const texts = [canonicalJson(data), canonicalJson(other.data)]
    if (texts[0] !== texts[1]) throw differs('data', rule.series, bar, texts[0], texts[1])
  }
}

/** RANK against the code's scoreSymbol where a side is true, equal within the language's tolerance. */
async function compareScores(
  rule: ScannedSymbol,
  code: ScannedSymbol,
  view: StrategyView,
  found: Reproved,
): Promise<void> {
  const rank = view.rule?.rank
  if (rank === undefined || !code.hasScores) return
  const isTrue = (i: number) => rule.long?.[i] === 1 || rule.short?.[i] === 1
  const bars = Int32Array.from({ length: rule.to - rule.from }, (_, i) => rule.from + i).filter((_, i) => isTrue(i))
  if (bars.length === 0) return
  const ranks = rule.evaluator.column(rank.by)
  const scores = await code.scores(bars)
  for (const [i, bar] of bars.entries()) {
    const [ruled, coded] = [ranks[bar], scores[i]]
    const same = Number.isNaN(ruled) ? Number.isNaN(coded) : isEqual(ruled, coded) === true
    if (!same) throw differs('score', rule.series, bar, ruled, coded)
  }
  found.scores += bars.length
}

/** The bar on which every signal's own position is left. */
async function compareExits(
  rule: ScannedSymbol,
  code: ScannedSymbol,
  view: StrategyView,
  fill: Fill,
  found: Reproved,
): Promise<void> {
  if (!code.hasExits) return
  const { series, evaluator } = rule
  const rules = exitRules(view.rule, evaluator, true, fill)
  const positions = rule.signals().flatMap(({ bar, side }) => {
    const entry = entryOf(series, bar, rules)
    return entry === null ? [] : [{ signal: bar, entry: entry.entry, entryPrice: entry.price, side }]
  })
  if (positions.length === 0) return
  const ruled = await rule.exits(positions)
  const coded = await code.exits(positions)
  const when = (bar: number) => (bar < 0 ? 'never' : isoDay(series.day[bar]))
  for (const [i, { signal }] of positions.entries())
    if (ruled[i] !== coded[i]) throw differs('exit', series, signal, when(ruled[i]), when(coded[i]))
  found.exits += positions.length
}

function differs(what: string, { symbol, day }: BarSeries, bar: number, rule: unknown, code: unknown): AppError {
  const date = isoDay(day[bar])
  return new AppError(
    'not_proven_equal',
    `Rule and code differ on ${symbol}, ${date} (${what}): the rule says ${rule}, the code ${code}. Nothing is reported; create the strategy anew.`,
    { symbol, date, what, rule: String(rule), code: String(code) },
  )
}
