import { AppError, errorBody } from '../core/errors.ts'
import { findCommand, parseArguments, UsageError } from './arguments.ts'
import { COMMANDS } from './commands/commands.ts'
import type { Deps } from './deps.ts'
import { Interrupted } from './interrupt.ts'
import { Session } from './session.ts'
import { errorText } from './show-error.ts'
import { overview, usage } from './usage.ts'

const DONE = 0
const FAILED = 1
const USAGE = 2
/** What a shell reports of a command that Ctrl-C ended. */
export const INTERRUPTED = 130

/**
 * Runs one command line and gives its exit code: 0 done, 1 failed or refused, 2 wrong usage, 130 interrupted. With --json everything, errors
 * included, is JSON on out; else errors are text on err.
 */
export async function main(argv: readonly string[], deps: Deps): Promise<number> {
  const { io } = deps
  const json = argv.includes('--json')
  const ask = argv.filter((word) => word !== '--json')
  if (ask.length === 0 || ['--help', '-h', 'help'].includes(ask[0])) {
    const page = overview(COMMANDS, deps.version)
    if (ask.length > 0) io.out(page)
    else io.err(page)
    return ask.length > 0 ? DONE : USAGE
  }
  if (ask[0] === '--version') {
    io.out(`${deps.version}\n`)
    return DONE
  }
  let session: Session | undefined
  try {
    const { form, words } = findCommand(COMMANDS, argv)
    const args = parseArguments(form, words)
    if (args.flags.help) {
      io.out(usage(form))
      return DONE
    }
    session = new Session(deps, args)
    return await form.run(session)
  } catch (error) {
    return report(error, deps, json)
  } finally {
    await session?.close()
  }
}

function report(error: unknown, { io }: Deps, json: boolean): number {
  const wrongUsage = error instanceof UsageError
  const body = wrongUsage ? { code: 'bad_request' as const, message: error.message } : errorBody(error)
  if (json) io.out(`${JSON.stringify({ success: false, error: body }, null, 2)}\n`)
  else {
    io.err(`${errorText(body, io.columns).join('\n')}\n`)
    if (wrongUsage) io.err(`\n${error.form ? usage(error.form) : 'saywhen --help lists the commands.\n'}`)
  }
  if (error instanceof Interrupted) return INTERRUPTED
  const asked = error instanceof AppError && (error.code === 'bad_request' || error.code === 'too_large')
  return wrongUsage || asked ? USAGE : FAILED
}
