import { type SweepDeps, type SweepOutcome, sweep } from '../lib/runs/sweep.ts'
import { type Log, plainLog } from './log.ts'

/** The minute's look after runs that stand still. */
export const makeSweep =
  (deps: SweepDeps, log: Log = plainLog) =>
  async (): Promise<SweepOutcome> => {
    const outcome = await sweep(deps)
    if (Object.values(outcome).some((runs) => runs.length > 0)) log({ what: 'sweep', ...outcome })
    return outcome
  }
