import { sleep, systemClock } from '../lib/adapters/local/clock.ts'
import { alpaca } from '../lib/adapters/providers/alpaca.ts'
import { AppError } from '../lib/core/errors.ts'
import type { BarProvider } from '../lib/market/provider.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The provider of that name with its keys from the environment; throws `refused` naming what is to be set. */
export function providerOf(name: string, env: Env): BarProvider {
  if (name !== 'alpaca')
    throw new AppError('bad_request', `There is no provider "${name.slice(0, 40)}": alpaca is the one there is.`)
  const { SAYWHEN_ALPACA_KEY_ID: keyId, SAYWHEN_ALPACA_SECRET: secret } = env
  if (!keyId || !secret) {
    const missing = [!keyId && 'SAYWHEN_ALPACA_KEY_ID', !secret && 'SAYWHEN_ALPACA_SECRET']
      .filter(Boolean)
      .join(' and ')
    throw new AppError(
      'refused',
      `Bars of Alpaca need a key: set ${missing} in the environment. A free account at alpaca.markets has one.`,
    )
  }
  const ports = { clock: systemClock, sleep, random: Math.random }
  const baseUrl = env.SAYWHEN_ALPACA_URL || undefined
  const feed = env.SAYWHEN_ALPACA_FEED || undefined
  return alpaca(ports, { keyId, secret, baseUrl, feed })
}
