import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Notifier } from './notifier.ts'
import { type MailTopic, mailbox, mailboxesOf, type Recipient, type RecipientStore } from './recipient.ts'

export interface RecipientsDeps {
  recipients: RecipientStore
  topic: Pick<MailTopic, 'ask'>
  clock: Clock
}

/** What alerts need of addresses that have to agree first. */
export interface Recipients {
  /** Before an alert is stored: makes the address its owner’s and asks it where that is needed. `conflict` when it is another owner’s. */
  add(address: string, owner: string): Promise<Recipient['state']>
  /** Before an alert is deleted: it may have been the last one of the address. */
  review(address: string, owner: string): Promise<void>
  state(address: string, owner: string): Promise<Recipient['state'] | 'unknown'>
}

/** An address is not asked twice within this time, whatever its owner does: it may be a stranger’s. */
export const ASKED_ONCE_IN_MS = 60 * 60_000

export function recipientsOf({ recipients, topic, clock }: RecipientsDeps): Recipients {
  const at = () => new Date(clock()).toISOString()
  return {
    async add(address, owner) {
      const now = at()
      await recipients.open({ address, owner, at: now })
      const { held, isNew } = await recipients.need(address, owner, now)
      if (held.owner !== owner)
        throw new AppError(
          'conflict',
          `${address} is not free for your alerts. Use another one, name+alerts@example.com.`,
        )
      if (held.state === 'agreed') return 'agreed'
      if (!isNew && clock() - Date.parse(held.asked_at) < ASKED_ONCE_IN_MS) return held.state
      // Noted before: killed in between, it is asked by whoever reviews what was noted.
      await recipients.change(address, owner, { state: 'asked', asked_at: now })
      await topic.ask(address, owner)
      return 'asked'
    },
    review: (address, owner) => recipients.open({ address, owner, at: at() }),
    async state(address, owner) {
      const held = await recipients.get(address)
      return held?.owner === owner ? held.state : 'unknown'
    },
  }
}

/** What a person is told of an address that is told nothing yet; null for one that has agreed. */
export function waitsFor(address: string, state: Recipient['state'] | 'unknown'): string | null {
  switch (state) {
    case 'agreed':
      return null
    case 'asked':
      return `${address} has not agreed yet: nothing reaches it before the link in the mail it got is followed (within two days).`
    case 'gone':
      return `${address} wants no mail, or did not follow the link in time. POST /alerts/ID/resume (saywhen alerts resume ID) asks it again, once an hour.`
    case 'unknown':
      return `${address} was not asked to agree yet. That happens within minutes.`
  }
}

/** Mails only what has agreed, and fails for any other address, saying why: so that no message is taken for sent that reached nobody. */
export function toAgreed(recipients: RecipientStore, topic: Notifier<'email'>): Notifier<'email'> {
  return {
    async send(notice, channels, now) {
      for (const { address } of channels) {
        const held = await recipients.get(mailbox(address))
        const state = held?.owner === notice.subscription.owner ? held.state : 'unknown'
        if (state === 'gone')
          return { ok: false, error: 'it wants no mail, or did not follow the link in time', gone: true }
        if (state !== 'agreed') return { ok: false, error: 'it has not agreed yet: follow the link in the mail it got' }
      }
      return topic.send(notice, channels, now)
    },
  }
}

/** Whether an alert of an owner mails the address, paused ones included. */
export const mails = (address: string) => (alert: { channels: Parameters<typeof mailboxesOf>[0] }) =>
  mailboxesOf(alert.channels).includes(address)
