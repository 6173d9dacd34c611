import { merge, mergeJob } from '../lib/backtest/merge.ts'
import type { MarketSource } from '../lib/market/source.ts'
import { rankedHere } from './ranked-here.ts'

type Input<Named> = Named extends { types?: (input: infer In) => unknown } ? In : never

/** Merging, like ranking, happens where a run goes on. */
export function hereOn(source: MarketSource): ReadonlyMap<string, (input: never) => unknown> {
  return new Map<string, (input: never) => unknown>([
    ...rankedHere,
    [mergeJob.name, ({ plan, answers }: Input<typeof mergeJob>) => merge(plan, answers, source)],
  ])
}
