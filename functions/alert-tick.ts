import { type TickDeps, type TickOutcome, tick } from '../lib/alerts/tick.ts'
import { type Log, plainLog } from './log.ts'

/**
 * The minute's look at what is watched: sends the strategy versions that are due to the alert queue. `review` looks at addresses that
 * have to agree, at any hour; it is made whatever became of the first look.
 */
export const makeAlertTick =
  (deps: TickDeps, review: (now: number) => Promise<unknown> = async () => {}, log: Log = plainLog) =>
  async (): Promise<TickOutcome> => {
    const now = deps.clock()
    const looks = await Promise.allSettled([tick(deps, now), review(now)] as const)
    for (const look of looks) if (look.status === 'rejected') throw look.reason
    const outcome = (looks[0] as PromiseFulfilledResult<TickOutcome>).value
    if (outcome.sent > 0 || outcome.resent > 0) log({ ...outcome, what: 'alert tick' })
    return outcome
  }
