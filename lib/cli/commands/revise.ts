import { revisedAnswer, shown } from '../answers.ts'
import { UsageError } from '../arguments.ts'
import { whichOf } from '../id.ts'
import { waitForRun } from '../results.ts'
import type { Json, Session } from '../session.ts'
import { changesText, strategyText } from '../show-strategy.ts'
import { type Command, given } from './command.ts'
import { codeOf } from './create.ts'

export const revise: Command = {
  name: 'revise',
  about: 'make a new version of a strategy beside the old: by words, by a rule, or by code',
  argument: { name: 'ID "CHANGE"', rest: true },
  flags: {
    rule: { kind: 'text', value: 'TEXT', meaning: 'the whole new rule instead of words' },
    code: { kind: 'text', value: 'FILE', meaning: 'new code; proved against --rule, or against the rule there is' },
    name: { kind: 'text', value: 'N', meaning: 'what to call it from now on' },
  },
  examples: [
    'saywhen revise 1 "change the stop to 5%"',
    'saywhen revise 1 "use 50 instead of 30; drop the volume condition"',
    'saywhen revise 1@2 --rule "rsi(close,14) < 25"',
  ],
  async run(session) {
    const [id, ...words] = session.argument.trim().split(/\s+/)
    const { strategy_id, version } = whichOf(session, id)
    const body = given({ version, ...(await changeOf(session, words.join(' '))) })
    const path = `/strategies/${strategy_id}/revise`
    const answer = await waitForRun(session, { mode: 'revision', path, body })
    if (session.json) session.printJson(answer)
    else {
      const { strategy } = shown(revisedAnswer, answer)
      const { style, columns } = session
      session.print(...changesText(strategy.revision, style), '', ...strategyText(strategy, style, columns))
      session.print(
        '',
        style.dim(`Alerts stay on the version they were made for: saywhen alerts move ALERT puts one on the newest.`),
      )
    }
    return 0
  },
}

async function changeOf(session: Session, words: string): Promise<Json> {
  const [rule, file] = [session.text('rule'), session.text('code')]
  if (words === '' && rule === undefined && file === undefined)
    throw new UsageError('saywhen revise needs ID "CHANGE", --rule TEXT or --code FILE.', revise)
  if (words !== '' && (rule !== undefined || file !== undefined))
    throw new UsageError('saywhen revise takes a change in words, or --rule and --code, not both.', revise)
  const code = file === undefined ? undefined : await codeOf(session, file)
  return { change: words === '' ? undefined : words, rule, code, name: session.text('name') }
}
