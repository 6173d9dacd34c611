import type { Strategy } from './strategy.ts'

/** Where strategies live; versions are immutable. */
export interface StrategyStore {
  /** Stores a new strategy as version 1 under the next positive id and returns it. */
  create(draft: Omit<Strategy, 'strategy_id' | 'version'>): Promise<Strategy>
  /** The version named, the newest when none is; undefined when it is not there. */
  get(strategyId: number, version?: number): Promise<Strategy | undefined>
  /** Newest versions of all strategies, by id. */
  list(): Promise<Strategy[]>
}
