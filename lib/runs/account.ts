import { addUsage, functionUse, type Usage } from '../core/cost.ts'
import { MEMORY_MB } from '../signals/estimate.ts'
import type { JobTotals } from './steps.ts'

/** The merge function's call that only counts a job that has ended. */
const COUNT_MS = 15
/** Messages of one SQS call that sends them. */
const PER_SEND = 10

/**
 * What a run over queues has used up to now: its jobs as they were timed, `advanceMs` of going on with it, and the requests that so
 * many jobs make. What whoever asked spends while waiting is not known here.
 */
export function accountOf({ steps, jobs, ms }: JobTotals, advanceMs: number): Usage {
  const advances = 1 + jobs
  return addUsage(
    functionUse('chunk', MEMORY_MB.chunk, jobs, ms),
    functionUse('merge', MEMORY_MB.merge, advances, jobs * COUNT_MS + advanceMs),
    {
      // Each message is received and deleted alone; jobs are sent ten at a time, and each tells of its end alone.
      sqsRequests: 2 * (jobs + advances) + 1 + jobs + Math.ceil(jobs / PER_SEND),
      // An input and an answer for each job, a plan for each step, which is read where it begins and where it ends, and the result.
      s3Puts: 2 * jobs + steps + 1,
      s3Gets: 3 * jobs + 2 * steps,
      // The run is made, its steps are begun, each job is counted, it ends.
      dynamodbWrites: 4 + 2 * jobs,
      dynamodbReads: 2 + 2 * jobs,
    },
  )
}
