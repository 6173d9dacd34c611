import { shown } from '../answers.ts'
import { explainAnswer, whyNotAnswer } from '../answers-explain.ts'
import { whichOf } from '../id.ts'
import { waitForRun } from '../results.ts'
import { explanationText } from '../show-explanation.ts'
import { funnelText } from '../show-funnel.ts'
import { type Command, END, given, START, SYMBOLS } from './command.ts'

export const explain: Command = {
  name: 'explain',
  about: 'why a strategy is true or not on one day: every condition, its values, and how far it is from its threshold',
  argument: { name: 'ID' },
  flags: {
    symbol: { kind: 'text', value: 'S', meaning: 'whose bar', required: true },
    date: { kind: 'date', value: 'D', meaning: 'the day, YYYY-MM-DD (default: its last one)' },
  },
  examples: ['saywhen explain 1 --symbol KO --date 2020-03-09', 'saywhen explain 1@2 --symbol KO'],
  async run(session) {
    const body = given({ ...whichOf(session), symbol: session.text('symbol'), date: session.text('date') })
    const answer = await waitForRun(session, { mode: 'explain', path: '/explain', body })
    if (session.json) session.printJson(answer)
    else session.print(...explanationText(shown(explainAnswer, answer), session.style, session.columns))
    return 0
  },
}

export const whyNot: Command = {
  name: 'why-not',
  about: 'why a strategy is true so seldom: how many bars each condition lets through, and the nearest miss',
  argument: { name: 'ID' },
  flags: {
    symbol: { kind: 'text', value: 'S', meaning: 'this symbol only' },
    symbols: SYMBOLS,
    from: START,
    to: END,
    universe: { kind: 'text', value: 'U', meaning: 'a UNIVERSE expression instead of the rule’s' },
  },
  examples: ['saywhen why-not 1', 'saywhen why-not 1 --symbol KO --from 2019-01-01'],
  async run(session) {
    const [one, symbols] = [session.text('symbol'), session.list('symbols')]
    const body = given({
      ...whichOf(session),
      symbols: one === undefined ? symbols : [...new Set([one, ...(symbols ?? [])])],
      start_date: session.text('from'),
      end_date: session.text('to'),
      universe: session.text('universe'),
    })
    const answer = await waitForRun(session, { mode: 'why_not', path: '/why-not', body })
    if (session.json) session.printJson(answer)
    else session.print(...funnelText(shown(whyNotAnswer, answer), session.style, session.columns))
    return 0
  },
}
