import { dynamodbKeys } from '../../lib/adapters/aws/dynamodb-keys.ts'
import { getJson } from '../../lib/adapters/get-json.ts'
import { systemClock } from '../../lib/adapters/local/clock.ts'
import { accessOf } from '../access.ts'
import { makeAuthorize } from '../authorize.ts'
import { tableOf } from '../aws.ts'
import { log, observed } from '../observed.ts'

export const handler = observed(
  makeAuthorize(
    accessOf(process.env, { keys: dynamodbKeys(tableOf(process.env)), getJson, clock: systemClock }),
    ({ message, ...line }) => log({ what: String(message), ...line }),
  ),
)
