import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { systemClock } from '../../lib/adapters/local/clock.ts'
import { cloneCodec } from '../../lib/adapters/local/codec.ts'
import { advanceQueuesOf, resultsOf, tableOf } from '../aws.ts'
import { log, observed } from '../observed.ts'
import { makeSweep } from '../sweep.ts'

export const handler = observed(
  makeSweep(
    {
      runs: dynamodbRuns(tableOf(process.env)),
      results: resultsOf(process.env),
      codec: cloneCodec,
      advance: advanceQueuesOf(process.env),
      clock: systemClock,
    },
    log,
  ),
)
