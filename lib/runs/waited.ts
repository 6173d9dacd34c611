import { AppError, errorBody } from '../core/errors.ts'
import { failureOf, type OpenDeps, openRun, type RunAsk } from './open.ts'
import { isOfUse, resultKey } from './result-key.ts'
import { hasEnded, type Run } from './run.ts'
import { Lasting, type StepDeps, type StepEngine, Suspended, stepEngine } from './steps.ts'

export interface WaitedDeps extends StepDeps, Pick<OpenDeps, 'clock'> {
  sleep(ms: number): Promise<void>
}

const LOOK_MS = 200
/** Jobs of which nothing was heard for so long are sent once more. */
const UNHEARD_MS = 20_000

/**
 * Performs `work` here, its jobs over the queue, and waits for them until the deadline (epoch ms): `interrupted` then, and the next
 * attempt at the same ask goes on where this one ended. What the work answers is kept as the run's result.
 */
export async function waitedRun<Result extends object>(
  deps: WaitedDeps,
  ask: RunAsk,
  work: (engine: StepEngine) => Promise<Result>,
  deadline: number,
): Promise<Result> {
  const { runs, results, now } = deps
  const { run: opened } = await openRun({ ...deps, host: 'waits' }, ask, isOfUse(results))
  const id = opened.run_id
  let run = opened
  for (let again = false; ; ) {
    if (run.status === 'failed') throw failureOf(run)
    try {
      const result = await work(stepEngine(deps, run, { again }))
      await results.putIfAbsent(resultKey(id), new TextEncoder().encode(JSON.stringify({ ...result, run_id: id })))
      await runs.succeed(id, resultKey(id), now())
      return result
    } catch (error) {
      const gone = error instanceof Suspended && isCounted(run, error.step)
      const reason = gone ? goneAnswer(id, error.step) : error
      if (!(reason instanceof Suspended)) {
        // The end of a job is stored and would be met again: the next attempt is another run.
        if (reason instanceof AppError) await runs.fail(id, errorBody(reason), now())
        throw reason
      }
      run = await stepEnded(deps, run, reason.step, deadline)
      again = !hasEnded(run) && !isCounted(run, reason.step)
    }
  }
}

const goneAnswer = (id: string, step: number): AppError =>
  new Lasting('internal', `An answer of step ${step} of run ${id} has gone. Run it again.`)

/** Whether all jobs of a step have ended. */
const isCounted = (run: Run, step: number): boolean =>
  run.step > step || (run.step === step && run.chunks_done === run.chunks)

/** The run once all jobs of its step have ended, it has itself, or nothing was heard of it for long. */
async function stepEnded(deps: WaitedDeps, asked: Run, step: number, deadline: number): Promise<Run> {
  const { runs, clock, sleep } = deps
  const until = clock() + UNHEARD_MS
  for (;;) {
    const run = (await runs.get(asked.run_id)) ?? asked
    if (hasEnded(run) || isCounted(run, step) || clock() >= until) return run
    if (clock() >= deadline)
      throw new AppError('interrupted', `Run ${run.run_id}: ${run.chunks_done} of ${run.chunks} jobs are done so far.`)
    await sleep(LOOK_MS)
  }
}
