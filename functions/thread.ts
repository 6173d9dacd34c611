/** Entry of every worker thread: the only place where strategies' code runs. */
import { availableParallelism } from 'node:os'
import { workerData } from 'node:worker_threads'
import { openDirectory } from '../lib/adapters/local/directory.ts'
import { chunkJob, runChunk } from '../lib/backtest/chunk.ts'
import type { Job } from '../lib/core/engine.ts'
import { inspect, inspectJob, proveJob } from '../lib/generate/inspect.ts'
import { prove } from '../lib/generate/proof.ts'
import type { MarketSource } from '../lib/market/source.ts'
import { BarCache, loadMarket } from '../lib/market/store.ts'
import { createSandbox } from '../lib/sandbox/quickjs.ts'
import { serveJobs } from '../lib/sandbox/threads.ts'
import { crossChunk, crossJob } from '../lib/signals/cross-pass.ts'
import { latestBars, latestJob } from '../lib/signals/latest.ts'
import { listJob, listSignals } from '../lib/signals/list.ts'
import { universeChunk, universeJob } from '../lib/signals/universe-scan.ts'

/** Decoded bars kept by all threads together. */
const CACHE_BYTES = 384 * 2 ** 20

const { home } = workerData as { home: string }
const objects = await openDirectory(home)
const cache = new BarCache(CACHE_BYTES / availableParallelism())
const source: MarketSource = { load: (request) => loadMarket(objects, cache, request) }
const sandbox = await createSandbox()

/** The implementation of each kind of job, by its name. */
const implementations = new Map<string, (input: never) => unknown>()
function implement<Input, Output>(job: Job<Input, Output>, run: (input: Input) => Output | Promise<Output>): void {
  implementations.set(job.name, run)
}

implement(inspectJob, (input) => inspect(input, sandbox))
implement(proveJob, (input) => prove(input, source, sandbox))
implement(crossJob, (input) => crossChunk(input, source))
implement(latestJob, (input) => latestBars(input, source, sandbox))
implement(listJob, (input) => listSignals(input, source, sandbox))
implement(universeJob, (input) => universeChunk(input, source, sandbox))
implement(chunkJob, (input) => runChunk(input, source, sandbox))

serveJobs(async ({ name, input }: { name: string; input: never }) => {
  // An instance that hit a limit is being replaced.
  await sandbox.ready()
  const run = implementations.get(name)
  if (run === undefined) throw new Error(`No implementation of the job ${name}.`)
  return run(input)
})
