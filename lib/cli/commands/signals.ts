import { shown, signalsAnswer } from '../answers.ts'
import { whichOf } from '../id.ts'
import { waitForRun } from '../results.ts'
import { type Command, END, given, START, SYMBOLS } from './command.ts'

export const signals: Command = {
  name: 'signals',
  about:
    'every day (of intraday bars: time, the end of the bar in New York) and symbol at which a strategy is true, as CSV',
  argument: { name: 'ID' },
  flags: {
    start: { ...START, required: true },
    end: { ...END, required: true },
    side: { kind: 'side', value: 'long|short', meaning: 'this side only' },
    symbols: SYMBOLS,
  },
  async run(session) {
    const body = given({
      ...whichOf(session),
      start_date: session.text('start'),
      end_date: session.text('end'),
      side: session.text('side'),
      symbols: session.list('symbols'),
    })
    const answer = await waitForRun(session, { mode: 'signals', path: '/signals', body })
    if (session.json) session.printJson(answer)
    else {
      const { signals } = shown(signalsAnswer, answer)
      const rows = signals.map(({ symbol, date, time, side }) => `${symbol},${time ?? date},${side}`)
      // Intraday: the end of the bar, New York.
      session.print([`symbol,${signals[0]?.time === undefined ? 'date' : 'time'},side`, ...rows].join('\n'))
    }
    return 0
  },
}
