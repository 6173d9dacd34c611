import { AppError } from '../core/errors.ts'
import type { Session } from './session.ts'

/** The person interrupted (Ctrl-C) while a run was waited for that goes on without this process. */
export class Interrupted extends AppError {}

/**
 * Waits for `work`; on Ctrl-C says how to get back to the run, which goes on. Where this process itself does the work, Ctrl-C ends
 * both.
 */
export async function unlessInterrupted<Result>(
  session: Session,
  work: Promise<Result>,
  runId: () => Promise<string | undefined>,
): Promise<Result> {
  // It may fail before it is looked at below, or when nobody looks any more.
  work.catch(() => {})
  if (!(await session.connection()).lasts()) return work
  let takeBack = () => {}
  const told = new Promise<'told'>((resolve) => {
    takeBack = session.deps.onInterrupt(() => resolve('told'))
  })
  try {
    const first = await Promise.race([work.then((result) => ({ result })), told])
    if (first !== 'told') return first.result
    throw goesOn(session, await runId().catch(() => undefined))
  } finally {
    takeBack()
  }
}

function goesOn(session: Session, runId: string | undefined): Interrupted {
  const home = session.text('home')
  const there = session.url ? ` --url ${session.url}` : home === undefined ? '' : ` --home ${home}`
  if (runId === undefined)
    return new Interrupted('interrupted', `What was begun goes on. See what it is: saywhen runs${there}`)
  const command = `saywhen runs ${runId}`
  const message = `Run ${runId} goes on. How far it is: ${command}${there}\nIts result, once it is there: ${command} --result${there}\nEnd it: ${command} --cancel${there}`
  return new Interrupted('interrupted', message, { run_id: runId })
}
