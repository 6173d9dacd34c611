import { type DeliverDeps, deliver } from '../lib/alerts/deliver.ts'
import { notifyMessage } from '../lib/alerts/messages.ts'
import { sqsHandler } from './sqs.ts'

/** The notify queue: sends a fire to one subscription. */
export const makeNotify = (deps: DeliverDeps) =>
  sqsHandler(notifyMessage, async (delivery) => {
    await deliver(deps, delivery)
  })
