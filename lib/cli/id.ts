import { UsageError } from './arguments.ts'
import type { Session } from './session.ts'

/** The strategy id that is the command's argument; UsageError when it is no positive whole number. */
export function idOf(session: Session): number {
  if (/^[1-9]\d{0,14}$/.test(session.argument)) return Number(session.argument)
  throw new UsageError(
    `A strategy's id is a positive whole number, not "${session.argument.slice(0, 40)}". saywhen list shows them.`,
  )
}
