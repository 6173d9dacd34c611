import { dynamodbStrategies } from '../../lib/adapters/aws/dynamodb-strategies.ts'
import { sleep, systemClock } from '../../lib/adapters/local/clock.ts'
import type { AlertMessage, NotifyMessage } from '../../lib/alerts/messages.ts'
import type { RunAlertsDeps } from '../../lib/alerts/run-alerts.ts'
import { watchSession } from '../../lib/alerts/watch.ts'
import { isoDay } from '../../lib/core/days.ts'
import { waitedRun } from '../../lib/runs/waited.ts'
import { strategyOf } from '../../lib/strategy/store.ts'
import { makeAlertRun } from '../alert-run.ts'
import { queueOf, tableOf } from '../aws.ts'
import { evaluatingOn } from '../aws-alerts.ts'
import { openBars } from '../aws-data.ts'
import { onSameData, stepDepsOf } from '../aws-runs.ts'
import { log, observed } from '../observed.ts'

/** How long the jobs of one session are waited for: a message is about two sessions at most, and the function has 120 s. */
const WAIT_MS = 50_000

const { env } = process
const table = tableOf(env)
const bars = openBars(env)
const strategies = dynamodbStrategies(table)
const steps = { ...stepDepsOf(env), clock: systemClock, sleep }

/** A session is looked at as a run of its own, whose jobs are done where strangers' code may run. */
const watch: RunAlertsDeps['watch'] = async (owner, strategy, request) => {
  const dataVersion = await bars.dataVersion()
  const asked = { strategy_id: strategy.strategy_id, symbols: request.symbols, session: isoDay(request.asOf) }
  const ask = { owner, mode: 'alert' as const, strategy, request: asked, dataVersion }
  const look = onSameData(bars, dataVersion, (engine) => watchSession({ ...bars, engine }, strategy, request))
  return waitedRun(steps, ask, look, systemClock() + WAIT_MS)
}

export const handler = observed(
  makeAlertRun(
    evaluatingOn({
      ...bars,
      table,
      watch,
      strategy: (owner, id, version) => strategyOf(strategies, owner, id, version),
      notify: queueOf<NotifyMessage>(env, 'SAYWHEN_NOTIFY_QUEUE'),
      again: queueOf<AlertMessage>(env, 'SAYWHEN_ALERT_QUEUE'),
      clock: systemClock,
    }),
    log,
  ),
)
