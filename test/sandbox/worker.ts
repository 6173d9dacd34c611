/** Worker entry of the sandbox's tests: runs one strategy over a small symbol, without the validator in front. */
import { threadCpuMs, threadName } from '../../lib/adapters/local/thread-cpu.ts'
import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import type { Limits } from '../../lib/sandbox/sandbox.ts'
import { type JobContext, serveJobs, workerStart } from '../../lib/sandbox/worker.ts'
import { smallSymbol } from './small-symbol.ts'

export interface HostileJob {
  kind: 'classify' | 'throw' | 'exit' | 'progress' | 'spin' | 'echo'
  code?: string
  limits?: Partial<Limits>
  value?: unknown
}

const sandbox = await createSandbox({ cpu: threadCpuMs, beat: workerStart().beat })

const work = async (job: HostileJob, { progress }: JobContext): Promise<unknown> => {
  if (job.kind === 'throw') throw Object.assign(new Error('the handler threw'), { details: 1 })
  if (job.kind === 'exit') process.exit(3)
  if (job.kind === 'spin') for (;;);
  if (job.kind === 'echo') return job.value
  if (job.kind === 'progress') {
    progress({ done: 1 })
    return 'done'
  }
  await sandbox.ready()
  const opened = sandbox.open(job.code ?? '', job.limits)
  if ('error' in opened) return { error: opened.error }
  const { session } = opened
  session.load(smallSymbol('A'))
  const outcome = session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 10 })
  const answer =
    outcome.kind === 'done'
      ? {
          verdict: [...outcome.answer.verdict],
          errorBars: outcome.answer.errorBars,
          errors: outcome.answer.errors,
          score: [...outcome.answer.score],
        }
      : outcome
  session.dispose()
  return { answer, rss: process.memoryUsage().rss }
}

serveJobs(work, { thread: threadName(), spent: () => sandbox.spent() })
