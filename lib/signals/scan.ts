import { AppError } from '../core/errors.ts'
import { type BarSeries, firstAt } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import type { Kept, MarketSource } from '../market/source.ts'
import { readingBars } from '../rule/at.ts'
import type { CrossColumns } from '../rule/evaluate.ts'
import { createEvaluator, type Evaluator } from '../rule/evaluate.ts'
import { parseExpression } from '../rule/parse.ts'
import { namedTerms } from '../rule/terms.ts'
import type { ClassifyAnswer, GuestError, GuestSession, Limits, Outcome, Sandbox } from '../sandbox/sandbox.ts'
import { decide, type EngineName, firstExits } from './columns-engine.ts'
import { GuestData, guestFailure } from './guest-data.ts'
import { declaredColumn } from './kept-columns.ts'
import type { Signal } from './signals.ts'
import type { StrategyView } from './strategy-view.ts'

/** A decision per bar: 1 true, 0 false, 2 unknown, 3 the code threw. */
export type Verdicts = Uint8Array

/** One symbol scanned: decisions for the bars `from` .. `to` - 1 of `series`. */
export interface ScannedSymbol {
  readonly symbol: string
  readonly series: BarSeries
  readonly evaluator: Evaluator
  readonly from: number
  readonly to: number
  /** SIGNAL and SHORT as the code decided them, before UNIVERSE; null for a side the strategy does not have */
  readonly long: Verdicts | null
  readonly short: Verdicts | null
  /** 1 where the symbol belongs to UNIVERSE and the bar is one that counts (REBALANCE, AT) */
  readonly counts: Uint8Array
  readonly guestErrors: number
  readonly errors: readonly { bar: number; error: GuestError }[]
  /** The signals: true, in the universe, on a bar that counts; long before short on one bar. */
  signals(): (Signal & { bar: number })[]
  /** What the code gave on a bar beside its decision: its score (NaN without) and its data, also where it decided false. */
  returned(side: 1 | -1, bar: number): { score: number; data: Record<string, unknown> } | undefined
  /** whether the code exports exitPosition and scoreSymbol */
  readonly hasExits: boolean
  readonly hasScores: boolean
  /** For each position the first bar from its entry on at which the code's exitPosition is true, or -1. */
  exits(positions: CodePosition[]): Promise<Int32Array>
  /** scoreSymbol at the given bars; NaN where it has no score. */
  scores(bars: Int32Array): Promise<Float64Array>
  /** The decisions of the given bars, each on a fresh instance of the code, in the order given. */
  alone(entry: 'classifySymbol' | 'classifyShort', bars: Int32Array): Promise<Verdicts>
}

/** A position as exitPosition is asked about it: bars of the series, and the price of the fill. */
export interface CodePosition {
  signal: number
  entry: number
  entryPrice: number
  side: 1 | -1
}

export interface ScanRequest {
  strategy: StrategyView
  market: Market
  symbols: readonly string[]
  /** days reported on, both included */
  from: number
  to: number
  cross?: CrossColumns
  /** what decides; the code in the sandbox when absent. `columns` needs a proven rule. */
  engine?: EngineName
  /** limits of the code in place of the defaults */
  limits?: Partial<Limits>
  /** columns that stand in for expressions (the proof's constructed values) */
  overrides?: ReadonlyMap<string, Float64Array>
}

const MONTH_END = parseExpression('month_end()')
const WEEK_END = parseExpression('week_end()')

/**
 * The one scan behind backtest, screen, alert and signal list: runs the strategy's code over every bar of the window, one
 * symbol after another. Throws AppError `limit` or `guest_error` when the code hits a limit.
 */
export async function* scan(
  request: ScanRequest,
  source: MarketSource,
  sandbox: Sandbox,
): AsyncGenerator<ScannedSymbol, void, void> {
  const { strategy, market, symbols, from, to, limits, overrides, engine = 'quickjs' } = request
  const opened = engine === 'quickjs' ? sandbox.open(strategy.code, limits) : undefined
  if (opened !== undefined && 'error' in opened) throw guestFailure(opened.error)
  try {
    const session = opened?.session
    const data = session && new GuestData({ session, source, market, from, to, strategy })
    const guest = session && data && { session, data }
    for (const symbol of symbols) {
      const series = market.bars(symbol)
      if (series === undefined) continue
      const first = firstAt(series.day, from)
      const end = firstAt(series.day, to + 1)
      if (first < end)
        yield await scanSymbol({
          request,
          series,
          first,
          end,
          guest,
          kept: overrides === undefined ? source.kept : undefined,
        })
    }
  } finally {
    opened?.session.dispose()
  }
}

interface SymbolJob {
  request: ScanRequest
  series: BarSeries
  first: number
  end: number
  /** the opened code; absent where columns decide alone */
  guest: Guest | undefined
  kept: Kept | undefined
}

interface Guest {
  session: GuestSession
  data: GuestData
}

async function scanSymbol(job: SymbolJob): Promise<ScannedSymbol> {
  const { request, series, first, end } = job
  const { strategy, market, cross, overrides, engine = 'quickjs' } = request
  const { symbol } = series
  const evaluator = createEvaluator(market, series, { cross, overrides })
  const onColumns = engine === 'columns'
  const { guest } = job
  const columns = guest === undefined ? [] : strategy.series.map((expr) => declaredColumn(job.kept, evaluator, expr))
  const ask = <Answer>(call: (session: GuestSession, offset: number) => Outcome<Answer>): Promise<Answer> => {
    if (guest === undefined) throw new AppError('internal', `The code of ${symbol} is not at hand: columns decide.`)
    return guest.data.evaluate({ series, columns, evaluator }, (offset) => call(guest.session, offset))
  }
  const side = async (entry: 'classifySymbol' | 'classifyShort') => {
    if (!strategy.entryPoints.includes(entry)) return null
    const condition = strategy.rule?.[entry === 'classifySymbol' ? 'signal' : 'short']
    if (onColumns && condition !== undefined) return decide(condition, evaluator, first, end)
    return ask((session, offset) => session.classify({ symbol, entry, from: first + offset, to: end + offset }))
  }
  const long = await side('classifySymbol')
  const short = await side('classifyShort')
  const ranks = strategy.rule?.rank === undefined ? null : evaluator.column(strategy.rule.rank.by)
  const scoresAt = (bars: Int32Array) =>
    ask((session, offset) => session.score({ symbol, bars: bars.map((bar) => bar + offset) }))
  const exitsOfCode = (positions: CodePosition[]) =>
    ask((session, offset) => {
      const moved = positions.map((p) => ({ ...p, signal: p.signal + offset, entry: p.entry + offset }))
      const outcome = session.exits({ symbol, positions: moved, to: series.length + offset })
      if (outcome.kind !== 'done') return outcome
      return { kind: 'done', answer: outcome.answer.map((bar) => (bar < 0 ? bar : bar - offset)) }
    })
  const scores = new Map<number, number>()
  if (ranks === null && strategy.entryPoints.includes('scoreSymbol')) {
    const trueBars = Int32Array.from({ length: end - first }, (_, i) => first + i).filter(
      (bar) => long?.verdict[bar - first] === 1 || short?.verdict[bar - first] === 1,
    )
    const answer = await scoresAt(trueBars)
    for (const [at, bar] of trueBars.entries()) scores.set(bar, answer[at])
  }
  const counts = countingBars(strategy, evaluator, first, end)
  const terms = strategy.rule === null ? [] : namedTerms(strategy.rule)

  const score = (i: number, answer: ClassifyAnswer): number => {
    if (ranks !== null) return ranks[first + i]
    return scores.get(first + i) ?? answer.score[i]
  }
  const dataAt = (i: number, answer: ClassifyAnswer): Record<string, unknown> => {
    const values: Record<string, unknown> = {}
    for (const term of terms) {
      const value = evaluator.column(term.expr)[first + i] * term.scale
      values[term.name] = Number.isNaN(value) ? null : value
    }
    return { ...values, ...answer.data.get(i) }
  }
  return {
    symbol,
    series,
    evaluator,
    from: first,
    to: end,
    long: long?.verdict ?? null,
    short: short?.verdict ?? null,
    counts,
    returned: (sign, bar) => {
      const answer = sign === 1 ? long : short
      return answer === null
        ? undefined
        : { score: answer.score[bar - first], data: { ...answer.data.get(bar - first) } }
    },
    hasExits: strategy.entryPoints.includes('exitPosition'),
    hasScores: strategy.entryPoints.includes('scoreSymbol'),
    guestErrors: (long?.errorBars ?? 0) + (short?.errorBars ?? 0),
    errors: [...(long?.errors ?? []), ...(short?.errors ?? [])],
    signals: () => {
      const found: (Signal & { bar: number })[] = []
      for (let i = 0; i < counts.length; i++) {
        if (counts[i] === 0) continue
        for (const [answer, sign] of [
          [long, 1],
          [short, -1],
        ] as const) {
          if (answer?.verdict[i] !== 1) continue
          const bar = first + i
          const { day, time } = series
          found.push({
            symbol,
            day: day[bar],
            time: time[bar],
            side: sign,
            score: score(i, answer),
            data: dataAt(i, answer),
            bar,
          })
        }
      }
      return found
    },
    exits: async (positions) => {
      const exit = strategy.rule?.exit
      return onColumns && exit !== undefined ? firstExits(exit, evaluator, positions) : exitsOfCode(positions)
    },
    scores: scoresAt,
    alone: async (entry, bars) => {
      const answer = await ask((session, offset) => {
        const isolated = bars.map((bar) => bar + offset)
        return session.classify({ symbol, entry, from: first + offset, to: end + offset, isolated })
      })
      return answer.verdict
    },
  }
}

/** 1 on the bars that count: the symbol belongs to UNIVERSE, and REBALANCE and AT, where there are any, decide on them. */
export function countingBars(strategy: StrategyView, evaluator: Evaluator, first: number, end: number): Uint8Array {
  const member = evaluator.column(strategy.universe)
  const rebalance = strategy.rule?.clauses.rebalance
  const boundary = rebalance === undefined ? null : evaluator.column(rebalance === 'month' ? MONTH_END : WEEK_END)
  const read = strategy.reading && readingBars(evaluator.series, evaluator.market.calendar, strategy.reading)
  const counts = (bar: number) => member[bar] === 1 && boundary?.[bar] !== 0 && read?.[bar] !== 0
  return Uint8Array.from({ length: end - first }, (_, i) => (counts(first + i) ? 1 : 0))
}
