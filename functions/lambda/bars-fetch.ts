import { barsIngestOf } from '../aws-bars.ts'
import { openBars } from '../aws-data.ts'
import { makeBarsIngest } from '../bars-ingest.ts'
import { observed } from '../observed.ts'
import { providerOf } from '../providers.ts'

/** The provider's keys: from the environment, or the deployment's secrets, which are read when they are needed. */
async function provider() {
  const { env } = process
  if (env.SAYWHEN_ALPACA_KEY_ID) return providerOf('alpaca', env)
  const { Config } = await import('sst/node/config')
  return providerOf('alpaca', { ...env, ...(Config as unknown as Record<string, string>) })
}

/** The bars of the session that has just closed. */
export const handler = observed(makeBarsIngest(barsIngestOf(process.env, openBars(process.env), provider)))
