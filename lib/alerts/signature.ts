import { createHmac } from 'node:crypto'

/**
 * The `saywhen-signature` of a webhook's body: `t=SECONDS,v1=HEX`, HEX being the HMAC-SHA256 of `SECONDS.BODY` under the
 * subscription's secret. The instant is signed too, so that a receiver can refuse what was recorded and is sent again later.
 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}
