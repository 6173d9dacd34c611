import { UsageError } from './arguments.ts'
import type { Json, Session } from './session.ts'

/** Which strategy the command's argument names: `3`, or version 2 of it as `3@2`. UsageError when it names none. */
export function whichOf(
  session: Session,
  argument = session.argument,
): Json & { strategy_id: number; version?: number } {
  const found = /^([1-9]\d{0,14})(?:@([1-9]\d{0,5}))?$/.exec(argument)
  if (found === null)
    throw new UsageError(
      `A strategy's id is a positive whole number, not "${argument.slice(0, 40)}"; 3@2 is version 2 of it. saywhen list shows them.`,
    )
  const [, id, version] = found
  return { strategy_id: Number(id), ...(version !== undefined && { version: Number(version) }) }
}
