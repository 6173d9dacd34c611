import { snsClient, snsTopic } from '../../lib/adapters/aws/sns-topic.ts'
import { makeAlertTick } from '../alert-tick.ts'
import { needed, service, tableOf } from '../aws.ts'
import { reviewingOn, tickingOn } from '../aws-alerts.ts'
import { tickingPortsOf } from '../aws-data.ts'
import { log, observed } from '../observed.ts'

const { env } = process
const topic = snsTopic({ client: snsClient(service()), arn: needed(env, 'SAYWHEN_TOPIC') })

export const handler = observed(
  makeAlertTick(tickingOn(tickingPortsOf(env)), reviewingOn({ table: tableOf(env), topic }), log),
)
