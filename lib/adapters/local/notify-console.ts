import type { Notifier } from '../../alerts/notifier.ts'

/** Prints one line per fire. */
export function consoleNotifier(write: (text: string) => void): Notifier<'console'> {
  return {
    async send({ subject, fire, subscription }) {
      write(`${fire.time}  ${subject}  (fire ${fire.fire_id}, alert ${subscription.subscription_id})\n`)
      return { ok: true }
    },
  }
}
