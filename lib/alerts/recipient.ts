import * as z from 'zod'
import type { Channel } from './channel.ts'

export const recipientRecord = z.object({
  /** in lower case */
  address: z.string(),
  /** whose alerts are mailed there; an address is one owner’s */
  owner: z.string(),
  /** asked: the link in the mail it got was not followed yet; gone: it wants none any more, or did not follow the link in time */
  state: z.enum(['asked', 'agreed', 'gone']),
  /** ISO instant of the last time it was asked */
  asked_at: z.string(),
  /** another one each time an alert needs it */
  mark: z.string(),
})
/** An address that has to agree before it is mailed anything. */
export type Recipient = z.infer<typeof recipientRecord>

/** An address that something has changed about for an owner, to be looked at. */
export interface OpenAddress {
  address: string
  owner: string
  /** ISO instant of the change */
  at: string
  /** another one for each change */
  mark: string
}

/** Where addresses live. Every change is a single-item conditional write. */
export interface RecipientStore {
  get(address: string): Promise<Recipient | undefined>
  /** Stores a new address as asked, or notes that its owner needs it again; gives what is stored, which may be another owner’s. */
  need(address: string, owner: string, at: string): Promise<{ held: Recipient; isNew: boolean }>
  /** Changes the state of an owner’s address; nothing when it is not there. */
  change(address: string, owner: string, to: Pick<Recipient, 'state' | 'asked_at'>): Promise<void>
  /** Forgets an address unless it was needed again since it was read; says whether it did. */
  forget(recipient: Recipient): Promise<boolean>
  /** All addresses, page by page. */
  all(): AsyncIterable<Recipient[]>
  /** Notes that an address is to be looked at: before whatever changes about it. */
  open(change: Omit<OpenAddress, 'mark'>): Promise<void>
  opened(): Promise<OpenAddress[]>
  /** Ends the look unless something has changed again since it was read. */
  close(change: OpenAddress): Promise<void>
}

/** What mails addresses that have agreed. */
export interface MailTopic {
  /** Asks an address to agree to an owner’s alerts, by a mail with a link; one that has agreed stays so and gets none. */
  ask(address: string, owner: string): Promise<void>
  /** Every address that was asked, with its name at the topic once it has agreed, else null. */
  listed(): Promise<{ address: string; name: string | null }[]>
  /** Makes sure that what has agreed is told this owner’s alerts and no other’s. */
  admit(name: string, address: string, owner: string): Promise<void>
  dismiss(name: string): Promise<void>
}

/** Mailboxes are told apart in lower case. */
export const mailbox = (address: string): string => address.toLowerCase()

/** The addresses that channels name, each once. */
export const mailboxesOf = (channels: readonly Channel[]): string[] => [
  ...new Set(channels.flatMap((each) => (each.kind === 'email' ? mailbox(each.address) : []))),
]
