import { type DeliverDeps, deliver } from '../lib/alerts/deliver.ts'
import { notifyMessage } from '../lib/alerts/messages.ts'
import { type Log, plainLog } from './log.ts'
import { sqsHandler } from './sqs.ts'

/** The notify queue: sends a fire to one subscription. */
export const makeNotify = (deps: DeliverDeps, log: Log = plainLog) =>
  sqsHandler(
    notifyMessage,
    async (delivery) => {
      const { fire_id, subscription_id } = delivery.message
      const about = { what: 'notify', fire_id, subscription_id, attempt: delivery.attempt }
      const onRetry = () => log({ ...about, outcome: 'again' }, 'error')
      const outcome = await deliver({ onRetry, ...deps }, delivery)
      if (outcome === 'sent') log({ ...about, outcome })
    },
    log,
  )
