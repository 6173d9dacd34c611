import { AppError } from '../core/errors.ts'
import type { MailTopic, OpenAddress, Recipient, RecipientStore } from './recipient.ts'
import { mails } from './recipients.ts'
import type { SubscriptionStore } from './subscription.ts'

export interface ReviewDeps {
  recipients: RecipientStore
  topic: MailTopic
  subscriptions: Pick<SubscriptionStore, 'list'>
}

/** What was changed this long ago is settled: no request takes longer, clocks that differ by a minute included. */
const SETTLED_MS = 2 * 60_000
/** A request to agree ends by itself after two or three days. */
const LINK_HOLDS_MS = 3 * 24 * 60 * 60_000
const HOUR_MS = 60 * 60_000

/**
 * The minute's look at the addresses that something changed about: notes who has agreed, asks whom a process that was killed did not
 * ask, and lets those go that no alert mails any more. Once an hour all that agreed are looked for, as they may leave by a link of their
 * own. Repeated or killed at any point it ends the same. Gives how many were looked at.
 */
export async function reviewRecipients(deps: ReviewDeps, now: number): Promise<number> {
  const opened = await deps.recipients.opened()
  const isHour = now % HOUR_MS < 60_000
  if (opened.length === 0 && !isHour) return 0
  const names = new Map((await deps.topic.listed()).map(({ address, name }) => [address, name]))
  for (const change of opened) await review(deps, change, names.get(change.address), now)
  if (isHour)
    for await (const page of deps.recipients.all())
      for (const held of page)
        if (held.state === 'agreed' && !names.get(held.address))
          await deps.recipients.change(held.address, held.owner, { state: 'gone', asked_at: held.asked_at })
  return opened.length
}

/** `name` is the address's at the topic: null while it has not agreed, undefined when it is not there. */
async function review(
  { recipients, topic, subscriptions }: ReviewDeps,
  change: OpenAddress,
  name: string | null | undefined,
  now: number,
): Promise<void> {
  const { address, owner } = change
  const read = await recipients.get(address)
  const held = read?.owner === owner ? read : undefined
  if (held && held.state !== 'agreed' && name) {
    await topic.admit(name, address, owner)
    await recipients.change(address, owner, { state: 'agreed', asked_at: held.asked_at })
  }
  const isSettled = now - Date.parse(change.at) >= SETTLED_MS
  // Until it follows the link nothing can be done; nobody is mailed anything before.
  if (!isSettled || (held?.state === 'asked' && name === null)) return
  if (!(await subscriptions.list(owner)).some(mails(address))) {
    if (held && !(await recipients.forget(held))) return
    if (name && (held || read === undefined)) await topic.dismiss(name)
  } else if (read === undefined || (held && !name)) {
    const at = new Date(now).toISOString()
    const asked = held ?? (await recipients.need(address, owner, at)).held
    // Recorded as asked, and the process killed before it asked: it stays open until it is seen at the topic.
    if (asked.owner === owner && (await askAgain(topic, asked, now))) return
    await recipients.change(address, owner, { state: 'gone', asked_at: asked.asked_at })
  }
  await recipients.close(change)
}

/** Whether the address was asked: not when its time is over, when it left, or when the topic does not take it. */
async function askAgain(
  topic: MailTopic,
  { address, owner, state, asked_at }: Recipient,
  now: number,
): Promise<boolean> {
  if (state !== 'asked' || now - Date.parse(asked_at) >= LINK_HOLDS_MS) return false
  try {
    await topic.ask(address, owner)
    return true
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
