import { defineJob } from '../core/engine.ts'
import { firstAt } from '../market/bars.ts'
import type { MarketSource } from '../market/source.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import { addToFunnel, emptyFunnel, type FunnelCounts, joinFunnels } from '../rule/funnel.ts'
import { countingBars } from './scan.ts'
import { prepareScan, type ScanInput } from './scan-input.ts'

/** What the conditions of a rule let through on a chunk of symbols. */
export interface RuleFunnels {
  /** bars of the window, those of members of UNIVERSE, and of them those on which the rule decides (REBALANCE) */
  bars: number
  members: number
  counting: number
  signal?: FunnelCounts
  short?: FunnelCounts
}

/** Counts the conditions of SIGNAL and SHORT over a window: no strategy's code runs. */
export const funnelJob = defineJob<ScanInput, RuleFunnels>('funnel')

export async function funnelChunk(input: ScanInput, stored: MarketSource): Promise<RuleFunnels> {
  const { view, market } = await prepareScan(input, stored)
  const { symbols, from, to, cross } = input
  const found: RuleFunnels = { bars: 0, members: 0, counting: 0 }
  for (const side of SIDES) if (view.rule?.[side]) found[side] = emptyFunnel(view.rule[side])
  for (const symbol of symbols) {
    const series = market.bars(symbol)
    if (series === undefined) continue
    const [first, end] = [firstAt(series.day, from), firstAt(series.day, to + 1)]
    if (first >= end) continue
    const evaluator = createEvaluator(market, series, { cross })
    const counts = countingBars(view, evaluator, first, end)
    const member = evaluator.column(view.universe)
    found.bars += end - first
    for (let bar = first; bar < end; bar++) {
      if (member[bar] === 1) found.members++
      found.counting += counts[bar - first]
    }
    for (const side of SIDES) {
      const [expr, funnel] = [view.rule?.[side], found[side]]
      if (expr && funnel) addToFunnel(funnel, expr, evaluator, { from: first, to: end, counts })
    }
  }
  return found
}

const SIDES = ['signal', 'short'] as const

/** All chunks together, the same in whatever order they come. */
export function addFunnels(parts: readonly RuleFunnels[]): RuleFunnels {
  return parts.reduce((a, b) => ({
    bars: a.bars + b.bars,
    members: a.members + b.members,
    counting: a.counting + b.counting,
    ...(a.signal && b.signal && { signal: joinFunnels(a.signal, b.signal) }),
    ...(a.short && b.short && { short: joinFunnels(a.short, b.short) }),
  }))
}
