import { AppError } from '../core/errors.ts'
import type { Strategy } from './strategy.ts'

/** Where strategies live, each with its owner; versions are immutable. */
export interface StrategyStore {
  /**
   * Stores a new strategy as version 1 under the next positive id and returns it. Owners share one count of ids. With a token (what
   * creates it, by an id of its own) it happens once: whoever comes with the same token again gets the strategy that was stored.
   */
  create(owner: string, draft: Omit<Strategy, 'strategy_id' | 'version'>, token?: string): Promise<Strategy>
  /**
   * Stores a new version of a strategy the owner has, beside the older ones, under the number after the newest, and returns it. With a
   * token it happens once, as `create` does. Of two at once both are stored, one after the other.
   */
  revise(
    owner: string,
    strategyId: number,
    draft: Omit<Strategy, 'strategy_id' | 'version'>,
    token?: string,
  ): Promise<Strategy>
  /** The version named, the newest when none is; undefined when this owner has no such strategy. */
  get(owner: string, strategyId: number, version?: number): Promise<Strategy | undefined>
  /** Newest versions of all strategies of the owner, by id. */
  list(owner: string): Promise<Strategy[]>
}

/** A version of an owner's strategy, or its newest; `not_found` when there is none. */
export async function strategyOf(
  strategies: Pick<StrategyStore, 'get'>,
  owner: string,
  id: number,
  version?: number,
): Promise<Strategy> {
  const found = await strategies.get(owner, id, version)
  if (found !== undefined) return found
  const what = version === undefined ? `strategy ${id}` : `version ${version} of strategy ${id}`
  throw new AppError('not_found', `There is no ${what}. GET /strategies (saywhen list) names them.`)
}
