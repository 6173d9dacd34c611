import { chunkMessage } from '../lib/runs/messages.ts'
import { type WorkDeps, workChunk } from '../lib/runs/work.ts'
import { type Log, plainLog } from './log.ts'
import { sqsHandler } from './sqs.ts'

/** The chunk queue: one job of a run, in a worker thread. Nothing else runs strategies' code. */
export const makeChunk = (deps: WorkDeps, log: Log = plainLog) =>
  sqsHandler(
    chunkMessage,
    async (delivery) => {
      const { message, attempt } = delivery
      log({ what: 'chunk', ...message, attempt, ...(await workChunk(deps, delivery)) })
    },
    log,
  )
