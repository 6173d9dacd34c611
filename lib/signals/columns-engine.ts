/** The second engine: a proven rule evaluated on whole columns, beside the code that runs in the sandbox. */
import { AppError } from '../core/errors.ts'
import { seedOf } from '../core/random.ts'
import type { Expr } from '../rule/ast.ts'
import type { Evaluator } from '../rule/evaluate.ts'
import { compilePosition } from '../rule/position.ts'
import type { ClassifyAnswer } from '../sandbox/sandbox.ts'
import { type EntryPoint, type RuleClauses, type Strategy, strategyHash } from '../strategy/strategy.ts'

/** What decides on each bar: the strategy's code in the sandbox, or its proven rule on columns. */
export const ENGINES = ['quickjs', 'columns'] as const
export type EngineName = (typeof ENGINES)[number]

/** One symbol in this many is drawn for a sample. */
const SAMPLE = 16
const MOST_SAMPLED = 64

/** Throws `not_proven_equal` unless rule and code of the strategy are proven to be the same in every cell. */
export function requireProof(strategy: Strategy): void {
  const { strategy_id, rule, code, proof, hash, entry_points: entries } = strategy
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
              : saysMore(rule, entries)
                ? 'its code decides, scores or exits where the rule says nothing'
                : undefined
  if (reason === undefined) return
  const message = `Strategy ${strategy_id} cannot be evaluated on columns: ${reason}. Run it with the engine quickjs, or create it anew.`
  throw new AppError('not_proven_equal', message)
}

const saysMore = (rule: RuleClauses, entries: readonly EntryPoint[]): boolean =>
  (entries.includes('classifySymbol') && rule.signal === undefined) ||
  (entries.includes('classifyShort') && rule.short === undefined) ||
  (entries.includes('scoreSymbol') && rule.rank === undefined) ||
  (entries.includes('exitPosition') && rule.exit === undefined)

/** A sample for both engines: about one in 16, drawn by strategy and name, at least one of any, whatever order they come in. */
export function sampleOf(symbols: readonly string[], hash: string): string[] {
  const drawn = symbols
    .map((symbol) => ({ symbol, draw: seedOf(`${hash} ${symbol}`) }))
    .sort((a, b) => a.draw - b.draw || (a.symbol < b.symbol ? -1 : 1))
  const count = Math.min(MOST_SAMPLED, Math.ceil(drawn.length / SAMPLE))
  return drawn.slice(0, count).map(({ symbol }) => symbol)
}

/** The decisions of a condition over the bars `from` to `to` - 1, as the sandbox would answer. */
export function decide(condition: Expr, evaluator: Evaluator, from: number, to: number): ClassifyAnswer {
  const column = evaluator.column(condition)
  const verdict = new Uint8Array(to - from)
  for (let i = 0; i < verdict.length; i++) {
    const value = column[from + i]
    verdict[i] = value === 1 ? 1 : Number.isNaN(value) ? 2 : 0
  }
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
