import { lookup } from 'node:dns'
import { request as overHttp, type RequestOptions } from 'node:http'
import { request as overHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { type ChannelPolicy, checkWebhookUrl } from '../../alerts/channel.ts'
import type { Notifier, Sending } from '../../alerts/notifier.ts'
import { isPublicAddress } from '../../alerts/public-address.ts'
import { signatureOf } from '../../alerts/signature.ts'
import { errorBody } from '../../core/errors.ts'

/** Looking up the name, connecting, sending and the answer's head, all together. */
const TIMEOUT_MS = 3_000

export interface WebhookSettings {
  policy: Pick<ChannelPolicy, 'http' | 'privateAddresses'>
  version: string
  /** the resolver of names; the system's when absent */
  lookup?: typeof lookup
  timeoutMs?: number
}

/**
 * Posts the notice as JSON to the webhook's URL, signed under the subscription's secret. A status 2xx is success, 410 wants no more;
 * all else, redirections included, is a failure. The name is resolved here and only the address that was checked is connected to.
 */
export function webhookNotifier(settings: WebhookSettings): Notifier<'webhook'> {
  const { policy, version, timeoutMs = TIMEOUT_MS } = settings
  const resolve = policy.privateAddresses ? settings.lookup : publicOnly(settings.lookup ?? lookup)
  return {
    send({ subscription, body, fire }, [channel], now) {
      const text = JSON.stringify(body)
      let url: URL
      try {
        url = checkWebhookUrl(channel.url, policy)
      } catch (error) {
        return Promise.resolve({ ok: false, error: errorBody(error).message })
      }
      const options: RequestOptions = {
        method: 'POST',
        agent: false,
        lookup: resolve as LookupFunction | undefined,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          'user-agent': `saywhen/${version}`,
          'saywhen-fire': encodeURIComponent(fire.fire_id),
          'saywhen-signature': signatureOf(subscription.secret ?? '', Math.floor(now / 1_000), text),
        },
      }
      return post(url, options, text, timeoutMs)
    },
  }
}

function post(url: URL, options: RequestOptions, text: string, timeoutMs: number): Promise<Sending> {
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? overHttps : overHttp
    const request = send(url, options, (response) => {
      // The status is the answer; what else the receiver says is not read.
      response.destroy()
      resolve(sendingOf(response.statusCode ?? 0))
    })
    request.on('error', (error) => {
      const late = error.name === 'AbortError' || error.name === 'TimeoutError'
      resolve({ ok: false, error: late ? `no answer within ${timeoutMs} ms` : error.message.slice(0, 200) })
    })
    request.end(text)
  })
}

function sendingOf(status: number): Sending {
  if (status >= 200 && status < 300) return { ok: true }
  if (status === 410) return { ok: false, error: 'answered 410: it wants no more', gone: true }
  const redirection = status >= 300 && status < 400 ? ', a redirection, which is not followed' : ''
  return { ok: false, error: `answered ${status}${redirection}` }
}

/** Resolves a name to its addresses, and fails when any of them is not public: what is checked is what is connected to. */
function publicOnly(resolver: typeof lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolver(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      const inside = addresses.find(({ address }) => !isPublicAddress(address))
      if (addresses.length === 0 || inside)
        return callback(
          new Error(`${hostname} leads to ${inside?.address ?? 'no address'}, which is not public`),
          '',
          0,
        )
      if (options.all) callback(null, addresses)
      else callback(null, addresses[0].address, addresses[0].family)
    })
  }
}
