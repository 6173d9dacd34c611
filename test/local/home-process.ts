// A process that holds a home, or is the client of the one that does: prints {own, url} once and stays until SIGTERM.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { routes } from '../../functions/routes.ts'
import { dynamodbStrategies } from '../../lib/adapters/aws/dynamodb-strategies.ts'
import { sleep, systemClock } from '../../lib/adapters/local/clock.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { hostClaims } from '../../lib/adapters/local/host-claims.ts'
import { LOCAL_OWNER } from '../../lib/core/owner.ts'
import { httpJson } from '../../lib/local/client.ts'
import { startGateway } from '../../lib/local/gateway.ts'
import { findOrBecomeHost } from '../../lib/local/host.ts'
import { strategyDraft } from '../adapters/strategy-store-contract.ts'
import { fakeApplication } from '../functions/fake-application.ts'
import { fakeKeys } from '../functions/fake-keys.ts'

const home = process.argv[2]
await mkdir(home, { recursive: true })
const host = await findOrBecomeHost({
  claims: hostClaims(home),
  clock: systemClock,
  sleep,
  answers: async (url) => {
    const answer = await httpJson(url, 'GET', '/health', undefined, { timeoutMs: 2_000 }).catch(() => undefined)
    return (answer?.body as { home?: string } | undefined)?.home === home
  },
  open: async () => {
    const table = await openLocalTable(join(home, 'state'))
    const store = dynamodbStrategies(table)
    const app = fakeApplication({
      createStrategy: async ({ name }) => ({
        status: 'created',
        strategy: await store.create(LOCAL_OWNER, strategyDraft({ name })),
      }),
      strategies: () => store.list(LOCAL_OWNER),
    })
    const gateway = await startGateway({
      routes: routes(() => app, fakeKeys(), { home, pid: process.pid }),
      clock: systemClock,
    })
    const close = async () => {
      await gateway.close()
      await table.close()
    }
    return { url: gateway.url, close }
  },
})
console.log(JSON.stringify({ own: host.own, url: host.url }))
const stay = setInterval(() => {}, 60_000)
process.once('SIGTERM', async () => {
  await host.close()
  clearInterval(stay)
})
