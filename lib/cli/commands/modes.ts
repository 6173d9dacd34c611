import type { RunMode } from '../../runs/run.ts'
import { alertAnswer, backtestAnswer, screenAnswer, shown } from '../answers.ts'
import { whichOf } from '../id.ts'
import { keepResult, waitForRun, writeCsv } from '../results.ts'
import type { Json, Session } from '../session.ts'
import { basisText } from '../show-basis.ts'
import { alertText, backtestText, screenText } from '../show-results.ts'
import { SETTINGS_FLAGS, settingsGiven } from './backtest-settings.ts'
import { AS_OF, type Command, CSV, END, given, OUT, START, SYMBOLS } from './command.ts'

const UNIVERSE = { kind: 'text', value: 'U', meaning: 'a UNIVERSE expression instead of the rule’s' } as const

export const backtest: Command = {
  name: 'backtest',
  about: 'test a strategy on every bar of the last 2 years, or of the days named',
  argument: { name: 'ID' },
  flags: {
    start: START,
    end: END,
    symbols: SYMBOLS,
    universe: UNIVERSE,
    chunks: { kind: 'count', value: 'N', meaning: 'into how many parts to split the work' },
    engine: { kind: 'text', value: 'NAME', meaning: 'quickjs: the code (default); columns: its proven rule' },
    partial: { meaning: 'give a result without the symbols that cannot be computed, rather than none; they are named' },
    ...SETTINGS_FLAGS,
    csv: CSV,
    out: OUT,
  },
  run: (session) =>
    runMode(session, {
      mode: 'backtest',
      path: '/backtest',
      body: {
        start_date: session.text('start'),
        end_date: session.text('end'),
        symbols: session.list('symbols'),
        universe: session.text('universe'),
        chunks: session.number('chunks'),
        engine: session.text('engine'),
        partial: session.args.flags.partial,
        ...settingsGiven(session),
      },
      text: (result) => backtestText(shown(backtestAnswer, result), session.style, session.columns),
    }),
}

export const screen: Command = {
  name: 'screen',
  about: 'rank the whole universe by a strategy, on the last day',
  argument: { name: 'ID' },
  flags: {
    limit: { kind: 'count', value: 'N', meaning: 'the first N only' },
    'as-of': AS_OF,
    symbols: SYMBOLS,
    universe: UNIVERSE,
    out: OUT,
  },
  run: (session) =>
    runMode(session, {
      mode: 'screening',
      path: '/screener',
      body: {
        limit: session.number('limit'),
        as_of: session.text('as-of'),
        universe: session.list('symbols') ?? session.text('universe'),
      },
      text: (result) => screenText(shown(screenAnswer, result), session.style),
    }),
}

export const alert: Command = {
  name: 'alert',
  about: 'who fires now',
  argument: { name: 'ID' },
  flags: { symbols: SYMBOLS, 'as-of': AS_OF, out: OUT },
  run: (session) =>
    runMode(session, {
      mode: 'alert',
      path: '/alert',
      body: { symbols: session.list('symbols'), as_of: session.text('as-of') },
      text: (result) => alertText(shown(alertAnswer, result), session.style),
    }),
}

interface ModeOfSession {
  mode: RunMode
  path: string
  body: Json
  text: (result: Json) => string[]
}

/** Runs one mode and shows its result, what it rests on, and where the full JSON lies. */
async function runMode(session: Session, { mode, path, body, text }: ModeOfSession): Promise<number> {
  const result = await waitForRun(session, { mode, path, body: given({ ...whichOf(session), ...body }) })
  const kept = await keepResult(session, result)
  const tables = await writeCsv(session, result)
  if (session.json) session.printJson(result)
  else {
    session.print(...text(result), ...basisText(shown(backtestBasis, result), session.columns))
    if (kept) session.print('', session.style.dim(`Full JSON: ${kept}`))
    for (const file of tables) session.print(session.style.dim(`CSV: ${file}`))
  }
  return result.success === false ? 1 : 0
}

const backtestBasis = backtestAnswer.pick({ warnings: true, assumptions: true, receipt: true })
