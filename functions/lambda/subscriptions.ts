import { dynamodbStrategies } from '../../lib/adapters/aws/dynamodb-strategies.ts'
import { snsClient, snsTopic } from '../../lib/adapters/aws/sns-topic.ts'
import { newId, randomBytes, systemClock } from '../../lib/adapters/local/clock.ts'
import { strategyOf } from '../../lib/strategy/store.ts'
import { needed, service, tableOf } from '../aws.ts'
import { subscribingOn } from '../aws-alerts.ts'
import { openBars } from '../aws-data.ts'
import { serveOwners } from '../serve-aws.ts'

/** Who is told of fires, and how. */
export const ROUTES = [
  'POST /alerts',
  'GET /alerts',
  'GET /alerts/{id}',
  'POST /alerts/{id}/pause',
  'POST /alerts/{id}/resume',
  'POST /alerts/{id}/move',
  'DELETE /alerts/{id}',
]

const { env } = process
const table = tableOf(env)
const strategies = dynamodbStrategies(table)
const alerts = subscribingOn({
  table,
  topic: snsTopic({ client: snsClient(service()), arn: needed(env, 'SAYWHEN_TOPIC') }),
  strategy: (owner, id, version) => strategyOf(strategies, owner, id, version),
  catalog: openBars(env).catalog,
  clock: systemClock,
  newId,
  newSecret: () => `whsec_${Buffer.from(randomBytes(32)).toString('hex')}`,
})

export const handler = serveOwners(env, ROUTES, alerts)
