import type { RunMode } from '../../runs/run.ts'
import { alertAnswer, backtestAnswer, screenAnswer, shown, strategyAnswer } from '../answers.ts'
import { keepResult, waitForRun } from '../results.ts'
import type { Json, Session } from '../session.ts'
import { basisText } from '../show-basis.ts'
import { alertText, backtestText, screenText } from '../show-results.ts'
import { strategyText } from '../show-strategy.ts'
import type { Command } from './command.ts'

export const DEFAULT_PROMPT = 'Find stocks that gap up by more than 3% with high volume'
const TOP = 10

export const start: Command = {
  name: 'start',
  about: 'all of it for one prompt: rule, proof, backtest, screen, alerts',
  argument: { name: '"PROMPT"', optional: true, rest: true },
  flags: {},
  async run(session) {
    const say = (...lines: string[]) => {
      if (!session.json) session.print(...lines)
    }
    const prompt = session.args.argument ?? DEFAULT_PROMPT
    const created = await waitForRun(session, { mode: 'creation', path: '/strategies', body: { prompt } })
    const { strategy } = shown(strategyAnswer, created)
    say(...strategyText(strategy, session.style, session.columns))

    const files: [string, string][] = []
    const run = async (mode: RunMode, path: string, body: Json = {}) => {
      const result = await waitForRun(session, { mode, path, body: { strategy_id: strategy.strategy_id, ...body } })
      const kept = await keepResult(session, result)
      if (kept) files.push([mode, kept])
      return result
    }

    const backtest = await run('backtest', '/backtest')
    const tested = shown(backtestAnswer, backtest)
    // What the strategy assumes and warns of stands above already.
    const told = new Set([...strategy.assumptions, ...strategy.warnings])
    const warnings = tested.warnings.filter((warning) => !told.has(warning))
    const assumptions = tested.assumptions.filter((assumption) => !told.has(assumption))
    say('', ...backtestText(tested, session.style, session.columns))
    say(...basisText({ ...tested, warnings, assumptions }, session.columns))

    const screen = await run('screening', '/screener')
    say('', ...screenText(shown(screenAnswer, screen), session.style, TOP))

    const alert = await run('alert', '/alert')
    say('', ...alertText(shown(alertAnswer, alert), session.style, TOP))

    if (session.json) session.printJson({ success: true, strategy: created.strategy, backtest, screen, alert })
    else say('', ...pointers(session, files, strategy.strategy_id))
    return 0
  },
}

function pointers({ style }: Session, files: [string, string][], id: number): string[] {
  const width = Math.max(0, ...files.map(([mode]) => mode.length))
  return [
    ...(files.length > 0 ? [style.dim('Full JSON')] : []),
    ...files.map(([mode, file]) => `  ${mode.padEnd(width)}  ${file}`),
    style.dim(`The code: saywhen show ${id}`),
  ]
}
