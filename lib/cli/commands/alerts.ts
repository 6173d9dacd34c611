import { alertsAnswer, movedAnswer, shown, subscribedAnswer, subscriptionAnswer } from '../answers.ts'
import { UsageError } from '../arguments.ts'
import { whichOf } from '../id.ts'
import type { Json, Session } from '../session.ts'
import { evaluationsText, subscriptionsText } from '../show-alerts.ts'
import { type Command, given, SYMBOLS } from './command.ts'

const SUBSCRIPTION = { name: 'ALERT' } as const

export const alertsSubscribe: Command = {
  name: 'alerts subscribe',
  about: 'be told when a strategy fires, by a home that is served',
  argument: { name: 'ID' },
  flags: {
    symbols: SYMBOLS,
    universe: { kind: 'text', value: 'U', meaning: 'those only for which this UNIVERSE expression is true' },
    email: { kind: 'text', value: 'E', meaning: 'by mail' },
    webhook: { kind: 'text', value: 'URL', meaning: 'by a signed POST' },
    file: { kind: 'text', value: 'FILE', meaning: 'by a JSON line at the end of this file' },
    console: { meaning: 'by a line where saywhen serve runs' },
    version: { kind: 'count', value: 'N', meaning: 'the strategy’s version (the newest)' },
  },
  examples: ['saywhen alerts subscribe 1 --symbols KO,PEP --file fires.jsonl'],
  async run(session) {
    const which = whichOf(session)
    which.version ??= session.number('version')
    const answer = await session.api(
      'POST',
      '/alerts',
      given({
        ...which,
        symbols: session.list('symbols'),
        universe: session.text('universe'),
        channels: channelsOf(session),
      }),
    )
    if (session.json) {
      session.printJson(answer)
      return 0
    }
    const { alert, webhook_secret, warnings = [] } = shown(subscribedAnswer, answer)
    session.print(
      `Alert ${alert.subscription_id} on version ${alert.strategy_version} of strategy ${alert.strategy_id}.`,
    )
    if (webhook_secret !== undefined)
      session.print(`Its webhook’s messages are signed under this secret, shown only now: ${webhook_secret}`)
    for (const warning of warnings) session.print(warning)
    if (!session.url) session.print(session.style.dim('saywhen serve watches while it runs.'))
    return 0
  },
}

function channelsOf(session: Session): Json[] {
  const [address, url, path] = ['email', 'webhook', 'file'].map((flag) => session.text(flag))
  const channels: Json[] = [
    ...(address === undefined ? [] : [{ kind: 'email', address }]),
    ...(url === undefined ? [] : [{ kind: 'webhook', url }]),
    ...(path === undefined ? [] : [{ kind: 'file', path: session.deps.absolutePath(path) }]),
    ...(session.args.flags.console ? [{ kind: 'console' }] : []),
  ]
  if (channels.length > 0) return channels
  throw new UsageError(
    'saywhen alerts subscribe needs --email E, --webhook URL, --file FILE or --console.',
    alertsSubscribe,
  )
}

export const alertsList: Command = {
  name: 'alerts list',
  about: 'all alerts, and whether their messages arrive',
  flags: {},
  async run(session) {
    const answer = await session.api('GET', '/alerts')
    if (session.json) session.printJson(answer)
    else session.print(...subscriptionsText(shown(alertsAnswer, answer).alerts, session.style))
    return 0
  },
}

export const alertsShow: Command = {
  name: 'alerts show',
  about: 'what became of an alert’s last sessions, and its last fires',
  argument: SUBSCRIPTION,
  flags: {},
  async run(session) {
    const answer = await session.api('GET', pathOf(session))
    if (session.json) session.printJson(answer)
    else session.print(...evaluationsText(shown(subscriptionAnswer, answer), session.style))
    return 0
  },
}

export const alertsMove: Command = {
  name: 'alerts move',
  about: 'put an alert on another version of its strategy, with the same channels and secret',
  argument: SUBSCRIPTION,
  flags: { version: { kind: 'count', value: 'N', meaning: 'which version (default: the newest)' } },
  async run(session) {
    const answer = await session.api('POST', `${pathOf(session)}/move`, given({ version: session.number('version') }))
    if (session.json) session.printJson(answer)
    else {
      const { alert } = shown(movedAnswer, answer)
      session.print(`Alert ${alert.subscription_id} is on version ${alert.strategy_version}.`)
    }
    return 0
  },
}

export const alertsPause = change('pause', 'tell nothing for now', 'POST', '/pause', 'is paused')
export const alertsResume = change('resume', 'tell again', 'POST', '/resume', 'is told again')
export const alertsDelete = change('delete', 'forget an alert', 'DELETE', '', 'is deleted')

function change(word: string, about: string, method: 'POST' | 'DELETE', path: string, done: string): Command {
  return {
    name: `alerts ${word}`,
    about,
    argument: SUBSCRIPTION,
    flags: {},
    async run(session) {
      const answer = await session.api(method, `${pathOf(session)}${path}`)
      if (session.json) session.printJson(answer)
      else session.print(`Alert ${session.argument} ${done}.`)
      return 0
    },
  }
}

const pathOf = (session: Session) => `/alerts/${encodeURIComponent(session.argument)}`
