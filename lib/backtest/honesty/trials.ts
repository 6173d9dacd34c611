/** How many strategies this owner has tried: the one that looks best of many is judged as the best of many. */

export interface Trials {
  count: number
  source: string
}

/** A run as far as it is counted. */
export interface TriedRun {
  mode: string
  strategy_id: number | null
  strategy_version: number | null
  strategy_hash: string | null
}

/** Runs looked at, the newest: an owner with more has tried at least as many as are counted. */
export const MOST_RUNS = 1_000

/**
 * The number the request names; else the distinct strategies among the owner's backtests, this one included. A strategy is its hash:
 * the same rule and code stored twice are one, each version that differs is another. Without a list of runs, 1.
 */
export function trialsOf(asked: number | undefined, runs: readonly TriedRun[] | undefined, hash: string): Trials {
  if (asked !== undefined) return { count: asked, source: 'the request' }
  if (runs === undefined) return { count: 1, source: 'this strategy alone: the owner’s runs are not at hand' }
  const tried = new Set([hash])
  for (const { mode, strategy_hash } of runs)
    if (mode === 'backtest' && strategy_hash !== null) tried.add(strategy_hash)
  const among = runs.length >= MOST_RUNS ? ` among the newest ${MOST_RUNS} runs` : ''
  return {
    count: tried.size,
    source: `distinct strategies this owner has backtested${among}, as counted at the time of the run`,
  }
}
