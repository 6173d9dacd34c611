import { shown, strategiesAnswer, strategyAnswer } from '../answers.ts'
import { whichOf } from '../id.ts'
import type { Session } from '../session.ts'
import { strategyText } from '../show-strategy.ts'
import { plain, table } from '../text.ts'
import type { Command } from './command.ts'

export const show: Command = {
  name: 'show',
  about: 'a strategy: rule, assumptions, proof and code',
  argument: { name: 'ID' },
  flags: {},
  async run(session) {
    const answer = await session.api('GET', pathOf(session))
    if (session.json) session.printJson(answer)
    else {
      const { strategy } = shown(strategyAnswer, answer)
      const { style } = session
      session.print(
        ...strategyText(strategy, style, session.columns),
        '',
        style.dim('Code'),
        plain(strategy.code.trimEnd()),
        '',
      )
      session.print(style.dim(`created ${strategy.created_at}, hash ${strategy.hash.slice(0, 12)}`))
    }
    return 0
  },
}

function pathOf(session: Session): string {
  const { strategy_id, version } = whichOf(session)
  return `/strategies/${strategy_id}${version === undefined ? '' : `?version=${version}`}`
}

export const list: Command = {
  name: 'list',
  about: 'all strategies',
  flags: {},
  async run(session) {
    const answer = await session.api('GET', '/strategies')
    if (session.json) {
      session.printJson(answer)
      return 0
    }
    const { strategies } = shown(strategiesAnswer, answer)
    const columns = [{ title: 'id', right: true }, { title: 'created' }, { title: 'proof' }, { title: 'name' }]
    const rows = strategies.map((one) => [
      String(one.strategy_id),
      one.created_at.slice(0, 16).replace('T', ' '),
      one.proof,
      one.name,
    ])
    if (rows.length === 0) session.print('No strategy yet. Make one: saywhen create "PROMPT".')
    else session.print(...table(columns, rows, session.style))
    return 0
  },
}
