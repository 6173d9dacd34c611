import { type TickDeps, type TickOutcome, tick } from '../lib/alerts/tick.ts'

/** The minute's look at what is watched: sends the strategy versions that are due to the alert queue. */
export const makeAlertTick = (deps: TickDeps) => async (): Promise<TickOutcome> => {
  const outcome = await tick(deps, deps.clock())
  if (outcome.sent > 0 || outcome.resent > 0) console.log(JSON.stringify({ what: 'alert tick', ...outcome }))
  return outcome
}
