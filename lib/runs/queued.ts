import type { ObjectStore } from '../market/objects.ts'
import { type OpenDeps, openRun, type RunAsk } from './open.ts'
import { isOfUse } from './result-key.ts'
import { hasEnded, type Run } from './run.ts'
import type { AdvanceQueues } from './work.ts'

export interface QueuedDeps extends Omit<OpenDeps, 'host'> {
  results: ObjectStore
  advance: AdvanceQueues
  /** one hash over what is stored now */
  dataVersion: () => Promise<string>
  sleep(ms: number): Promise<void>
}

/** Bars that change again and again are not run after for ever. */
const MOST_ATTEMPTS = 3
const FIRST_LOOK_MS = 100
const LAST_LOOK_MS = 1_000

/**
 * Has a run done by whoever hears of it over the queues, and waits for its end until the deadline (epoch ms): the run as it stands
 * then, and whether this request is the one that made it. A request that comes twice waits for the same run; one that was stored and
 * never sent is sent now; one whose bars changed while it was at work is run again on what is stored by then.
 */
export async function askedRun(
  deps: QueuedDeps,
  ask: Omit<RunAsk, 'dataVersion'>,
  deadline: number,
): Promise<{ run: Run; isNew: boolean }> {
  for (let attempt = 1; ; attempt++) {
    const asked = { ...ask, dataVersion: await deps.dataVersion() }
    const { run, isNew } = await openRun({ ...deps, host: null }, asked, isOfUse(deps.results))
    if (run.status === 'queued') await deps.advance(run.mode).send([{ run_id: run.run_id }])
    const ended = await endedBy(deps, run, deadline)
    if (ended.error?.code !== 'conflict' || attempt === MOST_ATTEMPTS) return { run: ended, isNew }
  }
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
