import { dynamodbRuns } from '../../lib/adapters/aws/dynamodb-runs.ts'
import { cloneCodec } from '../../lib/adapters/local/codec.ts'
import { loadEngine } from '../../lib/adapters/local/quickjs-engine.ts'
import { threadCpuMs } from '../../lib/adapters/local/thread-cpu.ts'
import type { Engine } from '../../lib/core/engine.ts'
import { createThreads } from '../../lib/sandbox/threads.ts'
import { advanceQueuesOf, resultsOf, tableOf } from '../aws.ts'
import { makeChunk } from '../chunk.ts'
import { limitsOf } from '../limits.ts'
import { log, observed } from '../observed.ts'
import type { ThreadSettings } from '../thread-jobs.ts'

/** The longest a job may take: less than the function's own time-out, so that its end is told. */
const JOB_MS = 110_000

const url = new URL('./thread-aws.mjs', import.meta.url)
const data: ThreadSettings = { engine: await loadEngine(new URL('./engine.bin', url)), limits: limitsOf(process.env) }
const threads = createThreads({ url, size: 1, data, cpuMs: threadCpuMs })
const engine: Engine = {
  size: 1,
  run: (job, input) => threads.run({ name: job.name, input }, { wallMs: JOB_MS, silentMs: JOB_MS }),
}

export const handler = observed(
  makeChunk(
    {
      runs: dynamodbRuns(tableOf(process.env)),
      results: resultsOf(process.env),
      codec: cloneCodec,
      engine,
      advance: advanceQueuesOf(process.env),
      elapsed: () => performance.now(),
    },
    log,
  ),
)
