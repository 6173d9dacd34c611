import { alertMessage } from '../lib/alerts/messages.ts'
import { type RunAlertsDeps, runAlerts } from '../lib/alerts/run-alerts.ts'
import { type Log, plainLog } from './log.ts'
import { sqsHandler } from './sqs.ts'

/** The alert queue: evaluates a strategy version for all who watch it. */
export const makeAlertRun = (deps: RunAlertsDeps, log: Log = plainLog) =>
  sqsHandler(
    alertMessage,
    async (delivery) => {
      const { subscriptions, evaluations, notified } = await runAlerts(deps, delivery)
      const { strategy_id, version } = delivery.message
      for (const { day, outcome, fires } of evaluations)
        log({ what: 'alert', strategy_id, version, day, outcome, fires, subscriptions, notified })
    },
    log,
  )
