/** How far the conditions of a rule let bars through: each alone, each after those before it, and all but one. */
import type { FunnelStep } from '../strategy/strategy.ts'
import type { Expr, Rule } from './ast.ts'
import type { Evaluator } from './evaluate.ts'
import { shortfallOf } from './margin.ts'
import { conditionsOf } from './opened.ts'
import { printExpression } from './print.ts'

/** Of the bars that count, on how many a condition is true or unknown; `together`: it and all before it; `others`: all but it. */
export interface ConditionCount {
  true: number
  unknown: number
  together: number
  others: number
}

/** The bar that came nearest without being one: the fewest conditions failed on it, and of those bars it fell short by the least. */
export interface NearMiss {
  symbol: string
  day: number
  /** the conditions that failed, by their place */
  failed: number[]
  /** the largest shortfall of them, as a share of its threshold; Infinity where no number tells */
  short: number
}

export interface FunnelCounts {
  /** bars that count, and those on which all conditions are true */
  bars: number
  passed: number
  /** bars on which the whole is unknown: some condition is, and none is false */
  unknown: number
  conditions: ConditionCount[]
  nearest: NearMiss | null
}

export const emptyFunnel = (expr: Expr): FunnelCounts => ({
  bars: 0,
  passed: 0,
  unknown: 0,
  conditions: conditionsOf(expr).map(() => ({ true: 0, unknown: 0, together: 0, others: 0 })),
  nearest: null,
})

/** Adds one symbol's bars `from` to `to` - 1 where `counts` (along them) is 1; `near`: whether the nearest miss is looked for. */
export function addToFunnel(
  funnel: FunnelCounts,
  expr: Expr,
  evaluator: Evaluator,
  { from, to, counts, near: looksNear = true }: { from: number; to: number; counts: Uint8Array; near?: boolean },
): void {
  const conditions = conditionsOf(expr)
  const columns = conditions.map((each) => evaluator.column(each))
  const { series } = evaluator
  const near: number[] = []
  let fewest = funnel.nearest?.failed.length ?? Number.POSITIVE_INFINITY
  for (let bar = from; bar < to; bar++) {
    if (counts[bar - from] !== 1) continue
    funnel.bars++
    let failing = 0
    let unknown = 0
    let last = -1
    for (let i = 0; i < columns.length; i++) {
      const value = columns[i][bar]
      const count = funnel.conditions[i]
      if (value === 1) {
        count.true++
        if (failing + unknown === 0) count.together++
        continue
      }
      last = i
      if (Number.isNaN(value)) {
        count.unknown++
        unknown++
      } else failing++
    }
    if (failing + unknown === 0) {
      funnel.passed++
      for (const count of funnel.conditions) count.others++
    } else if (failing + unknown === 1) funnel.conditions[last].others++
    if (failing === 0 && unknown > 0) funnel.unknown++
    if (!looksNear || failing === 0 || unknown > 0 || failing > fewest) continue
    if (failing < fewest) near.length = 0
    fewest = failing
    near.push(bar)
  }
  if (near.length === 0) return
  const shortfalls = conditions.map((each) => shortfallOf(each, evaluator))
  for (const bar of near) {
    const failed = [...columns.keys()].filter((i) => columns[i][bar] !== 1)
    const short = failed.reduce((most, i) => Math.max(most, shortfalls[i](bar)), 0)
    funnel.nearest = nearer(funnel.nearest, { symbol: series.symbol, day: series.day[bar], failed, short })
  }
}

/** Both together; the same in whatever order they come. */
export function joinFunnels(a: FunnelCounts, b: FunnelCounts): FunnelCounts {
  return {
    bars: a.bars + b.bars,
    passed: a.passed + b.passed,
    unknown: a.unknown + b.unknown,
    conditions: a.conditions.map((count, i) => {
      const other = b.conditions[i]
      return {
        true: count.true + other.true,
        unknown: count.unknown + other.unknown,
        together: count.together + other.together,
        others: count.others + other.others,
      }
    }),
    nearest: b.nearest === null ? a.nearest : nearer(a.nearest, b.nearest),
  }
}

/** The clause whose conditions a proof counts: what opens positions. */
export const opensBy = (rule: Rule | null): Expr | undefined => rule?.signal ?? rule?.short

/** The counts as a proof keeps them. */
export function funnelSteps(rule: Rule, counts: FunnelCounts | null): FunnelStep[] {
  const expr = opensBy(rule)
  if (expr === undefined || counts === null) return []
  return conditionsOf(expr).map((condition, i) => ({
    condition: printExpression(condition),
    true_cells: counts.conditions[i].true,
    together: counts.conditions[i].together,
  }))
}

/** Of equally near ones the later, then the first symbol. */
function nearer(a: NearMiss | null, b: NearMiss): NearMiss {
  if (a === null) return b
  if (a.failed.length !== b.failed.length) return a.failed.length < b.failed.length ? a : b
  if (a.short !== b.short) return a.short < b.short ? a : b
  if (a.day !== b.day) return a.day > b.day ? a : b
  return a.symbol <= b.symbol ? a : b
}

/** The condition whose removal would let most bars more pass; undefined where none would. */
export function blocking({ conditions, passed }: FunnelCounts): number | undefined {
  let most: number | undefined
  for (const [i, { others }] of conditions.entries())
    if (others > passed && (most === undefined || others > conditions[most].others)) most = i
  return most
}
