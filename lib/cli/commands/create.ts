import { AppError } from '../../core/errors.ts'
import { shown, strategyAnswer } from '../answers.ts'
import { UsageError } from '../arguments.ts'
import { waitForRun } from '../results.ts'
import type { Json, Session } from '../session.ts'
import { strategyText } from '../show-strategy.ts'
import { type Command, given } from './command.ts'

export const create: Command = {
  name: 'create',
  about: 'make a strategy of words, of a rule, or of code',
  argument: { name: '"PROMPT"', optional: true, rest: true },
  flags: {
    rule: { kind: 'text', value: 'TEXT', meaning: 'a rule instead of words: clauses, or the SIGNAL alone' },
    code: {
      kind: 'text',
      value: 'FILE',
      meaning: 'a JavaScript or TypeScript module; beside --rule it is proved against the rule',
    },
    name: { kind: 'text', value: 'N', meaning: 'what to call it' },
  },
  examples: [
    'saywhen create "Find stocks that gap up by more than 3% with high volume"',
    'saywhen create --rule "rsi(close,14) < 30 and rvol(20) > 2" --name oversold',
  ],
  async run(session) {
    const body = await request(session, session.args.argument)
    const answer = await waitForRun(session, { mode: 'creation', path: '/strategies', body })
    if (session.json) session.printJson(answer)
    else {
      const { strategy } = shown(strategyAnswer, answer)
      session.print(...strategyText(strategy, session.style, session.columns))
      session.print('', session.style.dim(`Test it: saywhen backtest ${strategy.strategy_id}`))
    }
    return 0
  },
}

async function request(session: Session, prompt: string | undefined): Promise<Json> {
  const [rule, file] = [session.text('rule'), session.text('code')]
  const form = create
  if (prompt === undefined && rule === undefined && file === undefined)
    throw new UsageError('saywhen create needs "PROMPT", --rule TEXT or --code FILE.', form)
  if (prompt !== undefined && (rule !== undefined || file !== undefined))
    throw new UsageError('saywhen create takes a prompt, or --rule and --code, not both.', form)
  const code = file === undefined ? undefined : await codeOf(session, file)
  return given({ prompt, rule, code, name: session.text('name') })
}

export async function codeOf(session: Session, file: string): Promise<string> {
  try {
    return await session.deps.readFile(file)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : cause instanceof Error ? cause.message : String(cause)
    throw new AppError('bad_request', `Cannot read ${file}: ${reason}.`, undefined, cause)
  }
}
