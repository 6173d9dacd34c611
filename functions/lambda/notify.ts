import { snsClient, snsTopic } from '../../lib/adapters/aws/sns-topic.ts'
import { systemClock } from '../../lib/adapters/local/clock.ts'
import type { NotifyMessage } from '../../lib/alerts/messages.ts'
import { needed, queueOf, service, tableOf } from '../aws.ts'
import { notifyingOn } from '../aws-alerts.ts'
import { makeNotify } from '../notify.ts'
import { log, observed } from '../observed.ts'

const { env } = process

export const handler = observed(
  makeNotify(
    notifyingOn({
      table: tableOf(env),
      topic: snsTopic({ client: snsClient(service()), arn: needed(env, 'SAYWHEN_TOPIC') }),
      notify: queueOf<NotifyMessage>(env, 'SAYWHEN_NOTIFY_QUEUE'),
      clock: systemClock,
    }),
    log,
  ),
)
