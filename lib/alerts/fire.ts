import * as z from 'zod'
import type { Subscription, VersionRef } from './subscription.ts'

export const fireRecord = z.object({
  /** strategy, version, session and symbol: one fire for each */
  fire_id: z.string(),
  owner: z.string(),
  strategy_id: z.number().int().positive(),
  version: z.number().int().positive(),
  /** the session, YYYY-MM-DD */
  day: z.string(),
  symbol: z.string(),
  side: z.enum(['long', 'short']),
  /** ISO instant of the bar's close */
  time: z.string(),
  /** close as traded; null where it is no number */
  price: z.number().nullable(),
  /** against the previous close, a fraction; null on the first bar */
  change: z.number().nullable(),
  priority: z.string(),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
  strategy_name: z.string(),
  /** the rule in sentences; empty for code that no rule expresses */
  words: z.array(z.string()),
  /** UNIVERSE expressions of subscriptions that are true for the symbol on the session */
  universes: z.array(z.string()),
  simulated: z.boolean(),
  recorded_at: z.string(),
  /** announcing until a message for every subscription it concerns is in the queue */
  state: z.enum(['announcing', 'announced']),
})
/** A strategy version's transition to true on one symbol and session. */
export type Fire = z.infer<typeof fireRecord>

export const fireId = ({ strategy_id, version }: VersionRef, day: string, symbol: string) =>
  `${strategy_id}.${version}.${day}.${symbol}`

/** The parts of a fire's id; null for a text that is none. */
export function partsOfFireId(
  id: string,
): { strategy_id: number; version: number; day: string; symbol: string } | null {
  const found = /^([1-9]\d{0,14})\.([1-9]\d{0,8})\.(\d{4}-\d{2}-\d{2})\.(.{1,64})$/.exec(id)
  return found && { strategy_id: Number(found[1]), version: Number(found[2]), day: found[3], symbol: found[4] }
}

/** Whether a subscription is to be told: its owner's, of its version, made before the fire was recorded, and let through by its filters. */
export function concerns(fire: Fire, subscription: Subscription): boolean {
  const { owner, strategy_id, strategy_version, symbols, universe, created_at } = subscription
  return (
    owner === fire.owner &&
    strategy_id === fire.strategy_id &&
    strategy_version === fire.version &&
    created_at <= fire.recorded_at &&
    (symbols === null || symbols.includes(fire.symbol)) &&
    (universe === null || fire.universes.includes(universe))
  )
}

/** A session of a version of which messages may be missing: its fires, or deliveries of them, are not known to be complete. */
export interface OpenSession extends VersionRef {
  day: string
  /** ISO instant at which it was last worked on */
  at: string
}

/** Where fires live. */
export interface FireStore {
  /** Marks a session as open: before its first fire is recorded, and each time it is worked on. */
  open(session: OpenSession): Promise<void>
  opened(): Promise<OpenSession[]>
  close(session: OpenSession): Promise<void>
  /** Stores a new fire, or gives the one that was stored under its id before. */
  record(fire: Fire): Promise<Fire>
  get(owner: string, fireId: string): Promise<Fire | undefined>
  announced(fire: Fire): Promise<void>
  /** All fires of a session, by symbol. */
  ofSession(ref: VersionRef, day: string): Promise<Fire[]>
  /** The latest sessions first. */
  latest(ref: VersionRef, limit: number): Promise<Fire[]>
}
