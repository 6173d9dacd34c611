import type { Channel, ChannelKind } from './channel.ts'
import type { Fire } from './fire.ts'
import type { Subscription } from './subscription.ts'

/** One fire, worded for one subscription. */
export interface Notice {
  fire: Fire
  subscription: Subscription
  /** one line */
  subject: string
  text: string
  /** the same as plain JSON */
  body: Record<string, unknown>
}

/** What became of a message; `gone`: the receiver wants none ever again. */
export type Sending = { ok: true } | { ok: false; error: string; gone?: boolean }

/** Sends through one kind of channel. A failure is returned, or thrown where it is none of the receiver's. */
export interface Notifier<Kind extends ChannelKind = ChannelKind> {
  /** true: one call serves all of a subscription's channels of the kind (a topic that knows its addresses); else one call per channel */
  together?: boolean
  /** `now` is the instant of sending (epoch ms) */
  send(notice: Notice, channels: readonly Extract<Channel, { kind: Kind }>[], now: number): Promise<Sending>
}

/** The notifiers a deployment has. */
export type Notifiers = { [Kind in ChannelKind]?: Notifier<Kind> }
