import { runAnswer, runsAnswer, shown } from '../answers.ts'
import { UsageError } from '../arguments.ts'
import { waitForResult } from '../results.ts'
import { reportText } from '../show-report.ts'
import { table } from '../text.ts'
import type { Command } from './command.ts'

export const runs: Command = {
  name: 'runs',
  about: 'the latest runs, or one of them: its state, its result, or its end',
  argument: { name: 'RUN', optional: true },
  flags: {
    limit: { kind: 'count', value: 'N', meaning: 'how many to list (20)' },
    result: { meaning: 'print the JSON of the run’s result; waits for it where the run goes on' },
    cancel: { meaning: 'end the run' },
  },
  async run(session) {
    const { argument, flags } = session.args
    if (flags.result && flags.cancel) throw new UsageError('A run is ended or waited for: --cancel or --result.', runs)
    if (argument === undefined && (flags.result || flags.cancel))
      throw new UsageError(`Which run? saywhen runs RUN --${flags.cancel ? 'cancel' : 'result'}`, runs)
    if (argument !== undefined) {
      const path = `/runs/${encodeURIComponent(argument)}`
      if (flags.result) {
        session.printJson(await waitForResult(session, argument))
        return 0
      }
      if (flags.cancel) {
        const answer = await session.api('DELETE', path)
        if (session.json) session.printJson(answer)
        else session.print(`Run ${argument} is cancelled.`)
        return 0
      }
      const answer = await session.api('GET', path)
      if (session.json) session.printJson(answer)
      else session.print(...reportText(shown(runAnswer, answer).run, session.style, session.columns))
      return 0
    }
    const answer = await session.api('GET', `/runs?limit=${session.number('limit') ?? 20}`)
    if (session.json) {
      session.printJson(answer)
      return 0
    }
    const rows = shown(runsAnswer, answer).runs.map((run) => [
      run.run_id,
      run.mode,
      run.strategy_id === null ? '' : String(run.strategy_id),
      run.status,
      `${run.chunks_done}/${run.chunks}`,
      run.created_at.slice(0, 19).replace('T', ' '),
      run.error?.message ?? '',
    ])
    const titles = ['run', 'mode', 'strategy', 'status', 'chunks', 'created', 'error']
    if (rows.length === 0) session.print('No run yet.')
    else
      session.print(
        ...table(
          titles.map((title) => ({ title, right: title === 'strategy' })),
          rows,
          session.style,
        ),
      )
    return 0
  },
}
