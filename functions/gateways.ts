import { authenticator } from '../lib/access/authenticate.ts'
import { secretHash } from '../lib/access/secrets.ts'
import { systemClock } from '../lib/adapters/local/clock.ts'
import type { ServeOptions } from '../lib/cli/deps.ts'
import { startGateway } from '../lib/local/gateway.ts'
import type { LocalApplication } from './app.ts'
import { ownerOf } from './owner.ts'
import { routes } from './routes.ts'

export interface Gateways {
  /** where the programs of this machine are answered */
  url: string
  /** where others are, with the token or an API key */
  elsewhereUrl?: string
  close(): Promise<void>
}

/** The API of a home on loopback, open to this machine's programs; and where it was asked for, behind a check for others. */
export async function openGateways(
  app: LocalApplication,
  about: Record<string, unknown>,
  { port, elsewhere }: Omit<ServeOptions, 'home'>,
): Promise<Gateways> {
  const served = {
    routes: routes((event) => app.of(ownerOf(event), event.requestContext.requestId), app.keys, about),
    clock: systemClock,
  }
  const near = await startGateway({ ...served, port: elsewhere === undefined ? port : undefined })
  if (elsewhere === undefined) return near
  const { host, token } = elsewhere
  const authenticate = authenticator({ keys: app.keyStore, tokenHash: secretHash(token), clock: systemClock })
  try {
    const far = await startGateway({ ...served, port, elsewhere: { host, authenticate, log: console.error } })
    const close = async () => {
      await Promise.all([near.close(), far.close()])
    }
    return { url: near.url, elsewhereUrl: far.url, close }
  } catch (error) {
    await near.close()
    throw error
  }
}
