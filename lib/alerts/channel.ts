import * as z from 'zod'
import { AppError } from '../core/errors.ts'
import { isPublicAddress } from './public-address.ts'

/** Where a subscription's messages go. */
export const channelShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('email'), address: z.string().max(254) }),
  z.strictObject({ kind: z.literal('webhook'), url: z.string().max(2_000) }),
  z.strictObject({ kind: z.literal('console') }),
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(1_000) }),
])
export type Channel = z.infer<typeof channelShape>
export type ChannelKind = Channel['kind']

export const MOST_CHANNELS = 10

/** What a deployment lets its channels be. */
export interface ChannelPolicy {
  /** kinds it has a notifier for; of the others none is accepted */
  kinds: ReadonlySet<ChannelKind>
  /** webhooks without TLS */
  http: boolean
  /** webhooks to loopback and private addresses: for owners who could reach those anyway */
  privateAddresses: boolean
}

/** Throws `bad_request` for a channel that this deployment does not serve or that must not be reached, and for more than ten. */
export function checkChannels(channels: readonly Channel[], policy: ChannelPolicy): void {
  if (channels.length === 0)
    throw refusal('channels names nobody. Give an e-mail address, a webhook or another channel.')
  if (channels.length > MOST_CHANNELS)
    throw refusal(`An alert has at most ${MOST_CHANNELS} channels, not ${channels.length}. Make a second alert.`)
  const seen = new Set<string>()
  for (const channel of channels) {
    const key = JSON.stringify(channel)
    if (seen.has(key)) throw refusal(`${nameOf(channel)} is named twice in channels. Name it once.`)
    seen.add(key)
    if (!policy.kinds.has(channel.kind)) throw refusal(UNSERVED[channel.kind])
    if (channel.kind === 'email') checkAddress(channel.address)
    if (channel.kind === 'webhook') checkWebhookUrl(channel.url, policy)
    if (channel.kind === 'file' && !/^(\/|[A-Za-z]:[\\/])/.test(channel.path))
      throw refusal(`The path "${channel.path.slice(0, 80)}" is relative. Write it from the root of the file system.`)
  }
}

const UNSERVED: Record<ChannelKind, string> = {
  email: 'This host has no mail server: start it with SAYWHEN_SMTP_URL=smtp://..., or choose another channel.',
  webhook: 'This deployment calls no webhooks. Choose another channel.',
  console: 'The channel "console" exists on one’s own machine only. Choose email or webhook.',
  file: 'The channel "file" exists on one’s own machine only. Choose email or webhook.',
}

/** A channel in a few words, for messages and lists. */
export function nameOf(channel: Channel): string {
  switch (channel.kind) {
    case 'email':
      return channel.address
    case 'webhook':
      return channel.url
    case 'file':
      return channel.path
    case 'console':
      return 'console'
  }
}

// local@domain as mail servers take it without quoting: no space, no control character, nothing that could end a header.
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/

function checkAddress(address: string): void {
  const local = address.slice(0, address.lastIndexOf('@'))
  if (!ADDRESS.test(address) || local.startsWith('.') || local.endsWith('.') || local.includes('..'))
    throw refusal(`"${address.slice(0, 80)}" is no e-mail address. Write name@example.com.`)
}

/** The webhook's URL; throws `bad_request` saying what is wrong with it. Names are looked up when a message is sent, not here. */
export function checkWebhookUrl(text: string, policy: Pick<ChannelPolicy, 'http' | 'privateAddresses'>): URL {
  const shown = `The webhook "${text.slice(0, 80)}"`
  if (!URL.canParse(text)) throw refusal(`${shown} is no URL. Write https://example.com/path.`)
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(policy.http && url.protocol === 'http:'))
    throw refusal(`${shown} does not begin with ${policy.http ? 'http:// or ' : ''}https://.`)
  if (url.username !== '' || url.password !== '')
    throw refusal(`${shown} holds a user name or password. Verify the signature of its messages instead.`)
  if (!policy.privateAddresses && !mayBePublic(url.hostname))
    throw refusal(`${shown} points into a private network. Give one that the public internet can reach.`)
  return url
}

/** False for an address that is not public, and for names that only exist inside a network. */
function mayBePublic(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  // The URL parser has brought every spelling of an IPv4 address (0x7f.1, 2130706433) into its four parts.
  if (/^[\d.]+$/.test(host) || host.includes(':')) return isPublicAddress(host)
  return host.includes('.') && !/(^|\.)(localhost|local|internal|intranet|lan|home|corp|arpa)$/i.test(host)
}

const refusal = (message: string) => new AppError('bad_request', message)
