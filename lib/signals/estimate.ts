import { addUsage, functionUse, type Usage } from '../core/cost.ts'
import { CHUNK_MS } from './chunk-count.ts'

/** Megabytes of the functions a run is billed for. From 1,769 on a function has a whole core, which the measured times are of. */
export const MEMORY_MB = { authorize: 512, ask: 1_024, chunk: 1_769, merge: 3_008 } as const

/** A set of jobs a run waits for. */
export interface Step {
  jobs: number
  /** what all of them compute, in milliseconds on one core, beside CHUNK_MS each */
  ms: number
  /** stored objects all of them read */
  gets: number
}

/** A run over queues as it is expected to go. */
export interface RunShape {
  steps: readonly Step[]
  /** what is computed when its last jobs are done, in milliseconds, and the objects read for it */
  mergeMs: number
  mergeGets: number
  /** bytes of its inputs, answers and result together */
  bytes: number
}

/** A call that is answered from the authorizer's memory costs none; the first of a minute one. */
const AUTHORIZE_MS = 20
/** The longest a request waits for its run, and what it does beside waiting. */
const WAIT_MS = 25_000
const ASK_MS = 150
/** The merge function's call for a job that ended, and for each set of jobs the reading of its answers. */
const COUNT_MS = 15
const ADVANCE_MS = 60
/** From a message sent to the function that takes it. */
const DELIVERY_MS = 100
/** Batches that run side by side in the first seconds: Lambda takes five at first and some five more each second. */
const FIRST_BATCHES = 5
const MORE_PER_SECOND = 5
/** Messages of one SQS call that sends them. */
const PER_SEND = 10
/** What a call writes to its log. */
const LOG_BYTES = 1_000
/** Write units of counting a job: the run's record with the jobs done so far is over 1 KB. */
const COUNT_WRITES = 2
/** Results are deleted after 90 days. */
const MONTHS = 3

/** Milliseconds from the request to the result: every step waits for its jobs, which Lambda takes up at its own pace. */
export function wallOf({ steps, mergeMs }: RunShape): number {
  return steps.reduce((sum, { jobs, ms }) => {
    const longest = CHUNK_MS + ms / jobs
    return sum + 2 * DELIVERY_MS + ADVANCE_MS + Math.max(longest, rampMs(jobs * longest))
  }, ASK_MS + mergeMs)
}

/** How long so much work takes when the machines side by side grow from the first batches on. */
function rampMs(work: number): number {
  // work = first * t + more / 2 * t * t, solved for t in seconds
  const seconds = work / 1_000
  const root = Math.sqrt(FIRST_BATCHES ** 2 + 2 * MORE_PER_SECOND * seconds)
  return ((root - FIRST_BATCHES) / MORE_PER_SECOND) * 1_000
}

/** What a run is expected to use on AWS, asked for over HTTP, on functions that are warm. */
export function estimateOf(shape: RunShape): Usage {
  const { steps, mergeMs, mergeGets, bytes } = shape
  const jobs = steps.reduce((sum, step) => sum + step.jobs, 0)
  const work = steps.reduce((sum, step) => sum + step.ms, 0)
  // The use case is begun again when a step is done: each time it lists and reads what all steps before have answered.
  const advances = steps.length + 1
  const lists = steps.length + (steps.length * (steps.length + 1)) / 2
  const answersRead = steps.reduce((sum, step, i) => sum + step.jobs * (steps.length - i), 0)
  const mergeCalls = 1 + jobs
  const waitMs = Math.min(WAIT_MS, wallOf(shape))
  const calls = 2 + jobs + mergeCalls
  const messages = jobs + mergeCalls
  return addUsage(
    functionUse('authorize', MEMORY_MB.authorize, 1, AUTHORIZE_MS),
    functionUse('ask', MEMORY_MB.ask, 1, waitMs),
    functionUse('chunk', MEMORY_MB.chunk, jobs, jobs * CHUNK_MS + work),
    functionUse('merge', MEMORY_MB.merge, mergeCalls, jobs * COUNT_MS + advances * ADVANCE_MS + mergeMs),
    {
      apiRequests: 1,
      // Each message is received and deleted alone; jobs are sent ten at a time, and each tells of its end alone.
      sqsRequests: 2 * messages + 1 + jobs + steps.reduce((sum, step) => sum + Math.ceil(step.jobs / PER_SEND), 0),
      // An input and an answer for each job, a plan for each step, the result, and the lists of what has been answered.
      s3Puts: 2 * jobs + steps.length + 1 + lists,
      // Each job reads its input, and looks whether it has been answered; a plan is read as often as answers are listed.
      s3Gets: 2 * jobs + lists + steps.reduce((sum, step) => sum + step.gets, 0) + answersRead + mergeGets,
      s3GbMonths: (bytes / 2 ** 30) * MONTHS,
      // The run and its two pointers, a quota, the steps, the jobs that ended, the end.
      dynamodbWrites: 5 + steps.length + jobs * COUNT_WRITES + 2,
      // The strategy and the run, while it is waited for every second, for each job by both functions.
      dynamodbReads: 4 + Math.ceil(waitMs / 1_000) + 2 * jobs + 2 * advances,
      logBytes: calls * LOG_BYTES,
    },
  )
}
