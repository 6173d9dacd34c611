import { keysOf } from '../../lib/access/keys.ts'
import { dynamodbKeys } from '../../lib/adapters/aws/dynamodb-keys.ts'
import { newId, randomBytes, systemClock } from '../../lib/adapters/local/clock.ts'
import { tableOf } from '../aws.ts'
import { quotasIn } from '../aws-data.ts'
import { serve } from '../serve-aws.ts'

/** API keys: made by the operator for owners, and by owners for themselves. */
export const ROUTES = ['POST /keys', 'GET /keys', 'DELETE /keys/{id}']

const table = tableOf(process.env)

export const handler = serve(ROUTES, {
  keys: keysOf({
    keys: dynamodbKeys(table),
    quotas: quotasIn(table, process.env),
    clock: systemClock,
    newKeyId: newId,
    randomBytes,
  }),
})
