import { type AdvanceDeps, advanceRun } from '../lib/runs/advance.ts'
import { advanceMessage } from '../lib/runs/messages.ts'
import { type Log, plainLog } from './log.ts'
import { sqsHandler } from './sqs.ts'

/** The merge queue, and the generate queue of creations: goes on with runs as their jobs end. */
export const makeMerge = (deps: AdvanceDeps, log: Log = plainLog) =>
  sqsHandler(
    advanceMessage,
    async (delivery) => {
      const outcome = await advanceRun(deps, delivery)
      if (outcome === 'succeeded' || outcome === 'failed')
        log({ what: 'run', run_id: delivery.message.run_id, outcome })
    },
    log,
  )
