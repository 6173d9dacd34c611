/** A fire's message to one subscription. */
export interface DeliveryKey {
  owner: string
  fire_id: string
  subscription_id: string
}

/** What a claim gives: the message to work on with the parts that were sent before, or why not to. */
export type Claim =
  /** `failed`: why it was given up before, or null */
  | { state: 'claimed'; sent: ReadonlySet<string>; failed: string | null }
  | { state: 'finished' }
  /** another delivery of the same message is at work, until then at the latest (epoch ms) */
  | { state: 'busy'; until: number }

/** sent; given up after the last attempt; or not sent because the subscription was paused */
export type DeliveryEnd = 'sent' | 'failed' | 'paused'

/** Where it is kept what was sent. A part is what one call of a notifier sends: a channel, or all channels of a kind. */
export interface DeliveryStore {
  /** Claims the message until the instant (epoch ms), unless it is finished or another's claim still holds; one that failed can be claimed again. */
  claim(key: DeliveryKey, now: number, until: number): Promise<Claim>
  /** Records one part as sent. */
  sent(key: DeliveryKey, part: string): Promise<void>
  /** Gives the claim back. */
  release(key: DeliveryKey): Promise<void>
  /** Ends it; the error stands beside a failed one. */
  finish(key: DeliveryKey, end: DeliveryEnd, at: string, error: string | null): Promise<void>
  /** The subscriptions whose messages of a fire are finished, failed ones included. */
  finished(owner: string, fireId: string): Promise<ReadonlySet<string>>
}
