import { runAnswer, runsAnswer, shown } from '../answers.ts'
import { reportText } from '../show-report.ts'
import { table } from '../text.ts'
import type { Command } from './command.ts'

export const runs: Command = {
  name: 'runs',
  about: 'the latest runs, or one of them; with --result its full JSON',
  argument: { name: 'RUN', optional: true },
  flags: {
    limit: { kind: 'count', value: 'N', meaning: 'how many to list (20)' },
    result: { meaning: 'print the JSON of the run’s result' },
  },
  async run(session) {
    const { argument } = session.args
    if (argument !== undefined) {
      const path = `/runs/${encodeURIComponent(argument)}`
      if (session.args.flags.result) {
        session.printJson(await session.api('GET', `${path}/result`))
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
      String(run.strategy_id),
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
