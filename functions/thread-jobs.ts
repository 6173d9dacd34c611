/** What every worker thread does: the only place where strategies' code runs. */
import { availableParallelism } from 'node:os'
import { threadCpuMs, threadName } from '../lib/adapters/local/thread-cpu.ts'
import { chunkJob, runChunk } from '../lib/backtest/chunk.ts'
import { daysJob, daysWithBars, follow, followJob } from '../lib/backtest/follow.ts'
import { recheck, recheckJob } from '../lib/backtest/honesty/recheck.ts'
import { merge, mergeJob } from '../lib/backtest/merge.ts'
import { reprove, reproveJob } from '../lib/backtest/reprove.ts'
import type { Job } from '../lib/core/engine.ts'
import { inspect, inspectJob, proveJob } from '../lib/generate/inspect.ts'
import { compareRules, opinionJob } from '../lib/generate/opinion.ts'
import { prove } from '../lib/generate/proof.ts'
import type { ObjectStore } from '../lib/market/objects.ts'
import type { MarketSource } from '../lib/market/source.ts'
import { BarCache, marketSource } from '../lib/market/store.ts'
import type { Beat } from '../lib/sandbox/beat.ts'
import type { EngineCode } from '../lib/sandbox/instance.ts'
import { createSandbox } from '../lib/sandbox/quickjs.ts'
import type { Limits, Sandbox } from '../lib/sandbox/sandbox.ts'
import { warmUp } from '../lib/sandbox/warm-up.ts'
import { serveJobs } from '../lib/sandbox/worker.ts'
import { codeJob, codeVerdicts } from '../lib/signals/code-verdicts.ts'
import { crossChunk, crossJob, rankJob, rankLevel } from '../lib/signals/cross-pass.ts'
import { funnelChunk, funnelJob } from '../lib/signals/funnel-pass.ts'
import { latestBars, latestJob } from '../lib/signals/latest.ts'
import { listJob, listSignals } from '../lib/signals/list.ts'
import { universeChunk, universeJob } from '../lib/signals/universe-scan.ts'

/** Decoded bars, and columns computed of them, kept by all threads together. */
const CACHE_BYTES = 384 * 2 ** 20
const KEPT_BYTES = 128 * 2 ** 20

/** What a worker is started with, wherever its bars are. */
export interface ThreadSettings {
  /** QuickJS, compiled once for all threads */
  engine: EngineCode
  /** limits of strategies' code in place of the defaults */
  limits?: Partial<Limits>
  /** whether the engine is warmed up before the thread says that it is ready: for threads that stand by */
  warm?: boolean
}

/** Serves this thread's jobs on the bars of a store. */
export async function serveThread(
  objects: ObjectStore,
  { data, beat }: { data: ThreadSettings; beat: Beat },
): Promise<void> {
  const { engine, limits, warm = false } = data
  const share = (bytes: number) => new BarCache(bytes / availableParallelism())
  const source = marketSource(objects, share(CACHE_BYTES), share(KEPT_BYTES))
  const sandbox = await createSandbox({ engine, limits, cpu: threadCpuMs, beat })
  if (warm) await warmUp(sandbox)
  const jobs = implementations(source, sandbox)
  serveJobs(
    async ({ name, input }: { name: string; input: never }) => {
      const run = jobs.get(name)
      if (run === undefined) throw new Error(`No implementation of the job ${name}.`)
      return run(input)
    },
    // A thread in which code ran into a limit is replaced: its memory is given back as a whole.
    { thread: threadName(), spent: () => sandbox.spent() },
  )
}

/** The implementation of each kind of job, by its name. */
function implementations(source: MarketSource, sandbox: Sandbox): Map<string, (input: never) => unknown> {
  const all = new Map<string, (input: never) => unknown>()
  function implement<Input, Output>(job: Job<Input, Output>, run: (input: Input) => Output | Promise<Output>): void {
    all.set(job.name, run)
  }
  implement(inspectJob, (input) => inspect(input, sandbox))
  implement(proveJob, (input) => prove(input, source, sandbox))
  implement(opinionJob, (input) => compareRules(input, source))
  implement(crossJob, (input) => crossChunk(input, source))
  implement(rankJob, rankLevel)
  implement(latestJob, (input) => latestBars(input, source, sandbox))
  implement(listJob, (input) => listSignals(input, source, sandbox))
  implement(codeJob, (input) => codeVerdicts(input, source, sandbox))
  implement(funnelJob, (input) => funnelChunk(input, source))
  implement(universeJob, (input) => universeChunk(input, source, sandbox))
  implement(chunkJob, (input) => runChunk(input, source, sandbox))
  implement(reproveJob, (input) => reprove(input, source, sandbox))
  implement(recheckJob, (input) => recheck(input, source, sandbox))
  implement(daysJob, (input) => daysWithBars(input, source))
  implement(followJob, (input) => follow(input, source))
  implement(mergeJob, ({ plan, answers }) => merge(plan, answers, source))
  return all
}
