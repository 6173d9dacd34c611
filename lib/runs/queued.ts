import type { ObjectStore } from '../market/objects.ts'
import { type OpenDeps, openRun, type RunAsk } from './open.ts'
import { isOfUse } from './result-key.ts'
import { hasEnded, type Run } from './run.ts'
import type { AdvanceQueues } from './work.ts'

export interface QueuedDeps extends Omit<OpenDeps, 'host'> {
  results: ObjectStore
  advance: AdvanceQueues
  sleep(ms: number): Promise<void>
}

const FIRST_LOOK_MS = 100
const LAST_LOOK_MS = 1_000

/**
 * Has a run done by whoever hears of it over the queues, and waits for its end until the deadline (epoch ms): the run as it stands
 * then, and whether this request is the one that made it. A request that comes twice waits for the same run; one that was stored and
 * never sent is sent now.
 */
export async function askedRun(deps: QueuedDeps, ask: RunAsk, deadline: number): Promise<{ run: Run; isNew: boolean }> {
  const { run, isNew } = await openRun({ ...deps, host: null }, ask, isOfUse(deps.results))
  if (run.status === 'queued') await deps.advance(run.mode).send([{ run_id: run.run_id }])
  return { run: await endedBy(deps, run, deadline), isNew }
}

/** The run once it has ended, or as it stands at the deadline. */
export async function endedBy(
  { runs, clock, sleep }: Pick<QueuedDeps, 'runs' | 'clock' | 'sleep'>,
  asked: Run,
  deadline: number,
): Promise<Run> {
  let run = asked
  for (let wait = FIRST_LOOK_MS; !hasEnded(run) && clock() < deadline; wait = Math.min(LAST_LOOK_MS, wait * 1.3)) {
    await sleep(Math.min(wait, Math.max(1, deadline - clock())))
    run = (await runs.get(run.run_id)) ?? run
  }
  return run
}
