/** The second engine: a proven rule evaluated on whole columns, beside the code that runs in the sandbox. */
import { isoDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { seedOf } from '../core/random.ts'
import type { BarSeries } from '../market/bars.ts'
import type { Expr } from '../rule/ast.ts'
import type { Evaluator } from '../rule/evaluate.ts'
import { compilePosition } from '../rule/position.ts'
import type { ClassifyAnswer } from '../sandbox/sandbox.ts'
import { type Strategy, strategyHash } from '../strategy/strategy.ts'

/** What decides on each bar: the strategy's code in the sandbox, or its proven rule on columns. */
export const ENGINES = ['quickjs', 'columns'] as const
export type EngineName = (typeof ENGINES)[number]

/** One symbol in this many is run by both engines. */
const SAMPLE = 16
const MOST_SAMPLED = 64

/** Throws `not_proven_equal` unless rule and code of the strategy are proven to be the same in every cell. */
export function requireProof(strategy: Strategy): void {
  const { strategy_id, rule, code, proof, hash } = strategy
  const reason =
    rule === null
      ? 'it has no rule'
      : proof.verdict !== 'equal'
        ? `its proof says "${proof.verdict}"`
        : proof.ties > 0
          ? `rule and code differ in ${proof.ties} ties`
          : proof.guest_errors > 0
            ? `its code failed on ${proof.guest_errors} bars of the proof`
            : strategyHash(rule, code) !== hash
              ? 'it was proven by another version of the engine'
              : undefined
  if (reason === undefined) return
  const message = `Strategy ${strategy_id} cannot be evaluated on columns: ${reason}. Run it with the engine quickjs, or create it anew.`
  throw new AppError('not_proven_equal', message)
}

/** The symbols that both engines run: about one in 16, drawn by strategy and name, at least one, whatever order they come in. */
export function sampleOf(symbols: readonly string[], hash: string): string[] {
  const drawn = symbols
    .map((symbol) => ({ symbol, draw: seedOf(`${hash} ${symbol}`) }))
    .sort((a, b) => a.draw - b.draw || (a.symbol < b.symbol ? -1 : 1))
  const count = Math.min(MOST_SAMPLED, Math.max(1, Math.ceil(drawn.length / SAMPLE)))
  return drawn.slice(0, count).map(({ symbol }) => symbol)
}

/** The decisions of a condition over the bars `from` to `to` - 1, as the sandbox would answer; unknown is not true. */
export function decide(condition: Expr, evaluator: Evaluator, from: number, to: number): ClassifyAnswer {
  const column = evaluator.column(condition)
  const verdict = new Uint8Array(to - from)
  for (let i = 0; i < verdict.length; i++) verdict[i] = column[from + i] === 1 ? 1 : 0
  return { verdict, score: new Float64Array(to - from).fill(Number.NaN), data: new Map(), errorBars: 0, errors: [] }
}

/** For each position the first bar from its entry on at which the EXIT condition is true, or -1. */
export function firstExits(
  exit: Expr,
  evaluator: Evaluator,
  positions: readonly { signal: number; entry: number; entryPrice: number; side: 1 | -1 }[],
): Int32Array {
  const holds = compilePosition(exit, evaluator)
  const { length } = evaluator.series
  return Int32Array.from(positions, (position) => {
    const state = { ...position, equity: Number.NaN, initialRisk: Number.NaN }
    for (let bar = position.entry; bar < length; bar++) if (holds(bar, state) === 1) return bar
    return -1
  })
}

/** Throws `not_proven_equal` when the code decides otherwise than the rule, or says more than the rule does. */
export function compareDecisions(
  what: 'signal' | 'short',
  series: BarSeries,
  from: number,
  rule: ClassifyAnswer,
  code: ClassifyAnswer,
): void {
  for (let i = 0; i < rule.verdict.length; i++) {
    const fires = code.verdict[i] === 1
    if ((rule.verdict[i] === 1) !== fires) throw differs(what, series, from + i, rule.verdict[i] === 1, fires)
    if (fires && (!Number.isNaN(code.score[i]) || code.data.has(i)))
      throw differs(what, series, from + i, 'no score and no data', 'a score or data of its own')
  }
}

/** Throws `not_proven_equal` when the code leaves a position on another bar than the rule. */
export function compareExits(
  series: BarSeries,
  positions: readonly { signal: number }[],
  rule: Int32Array,
  code: Int32Array,
): void {
  const when = (bar: number) => (bar < 0 ? 'never' : isoDay(series.day[bar]))
  for (const [i, { signal }] of positions.entries()) {
    if (rule[i] !== code[i]) throw differs('exit', series, signal, when(rule[i]), when(code[i]))
  }
}

function differs(what: string, { symbol, day }: BarSeries, bar: number, rule: unknown, code: unknown): AppError {
  const date = isoDay(day[bar])
  return new AppError(
    'not_proven_equal',
    `Rule and code differ on ${symbol}, ${date} (${what}): the rule says ${rule}, the code ${code}. Nothing is reported; create the strategy anew.`,
    { symbol, date, what, rule: String(rule), code: String(code) },
  )
}
