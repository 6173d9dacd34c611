import type { Strategy } from './strategy.ts'

/** Where strategies live, each with its owner; versions are immutable. */
export interface StrategyStore {
  /** Stores a new strategy as version 1 under the next positive id and returns it. Owners share one count of ids. */
  create(owner: string, draft: Omit<Strategy, 'strategy_id' | 'version'>): Promise<Strategy>
  /** The version named, the newest when none is; undefined when this owner has no such strategy. */
  get(owner: string, strategyId: number, version?: number): Promise<Strategy | undefined>
  /** Newest versions of all strategies of the owner, by id. */
  list(owner: string): Promise<Strategy[]>
}
