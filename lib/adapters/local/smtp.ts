import { createTransport } from 'nodemailer'
import type { Notifier } from '../../alerts/notifier.ts'
import { sha256 } from '../../core/hash.ts'

/** Of each step: connecting, the greeting, and silence in between. */
const TIMEOUT_MS = 10_000

/** Sends each notice as a mail of plain text through the SMTP server of the URL (`smtp://user:password@host:587`). */
export function smtpNotifier(url: string, from: string): Notifier<'email'> {
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS }
  const transport = createTransport({ url, ...timeouts })
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/>.*$/, '')
  return {
    async send({ fire, subscription, subject, text }, [{ address }]) {
      const of = `${fire.fire_id} ${subscription.subscription_id} ${address}`
      await transport.sendMail({
        from,
        to: { name: '', address },
        subject,
        text,
        // The same mail sent twice has the same id: mailboxes show it once.
        messageId: `<${sha256(of).slice(0, 32)}@${domain}>`,
        headers: { 'x-saywhen-fire': encodeURIComponent(fire.fire_id), 'auto-submitted': 'auto-generated' },
        // A path or a URL in a text must never be read as an attachment's.
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      return { ok: true }
    },
  }
}
