import { merge, mergeJob } from '../lib/backtest/merge.ts'
import type { MarketSource } from '../lib/market/source.ts'
import { rankJob, rankLevel } from '../lib/signals/cross-pass.ts'

type Input<Named> = Named extends { types?: (input: infer In) => unknown } ? In : never

/** Merging and ranking run no strategy's code, and happen where a run goes on: their inputs are the answers of all other jobs. */
export function hereOn(source: MarketSource): ReadonlyMap<string, (input: never) => unknown> {
  return new Map<string, (input: never) => unknown>([
    [rankJob.name, rankLevel],
    [mergeJob.name, ({ plan, answers }: Input<typeof mergeJob>) => merge(plan, answers, source)],
  ])
}
