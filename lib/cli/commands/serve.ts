import { TOKEN_CHARACTERS } from '../../access/secrets.ts'
import { UsageError } from '../arguments.ts'
import type { Session } from '../session.ts'
import type { Command } from './command.ts'

const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

export const serve: Command = {
  name: 'serve',
  about: 'answer the HTTP API on this machine until stopped',
  flags: {
    port: { kind: 'port', value: 'N', meaning: 'port to answer on (any free one)' },
    host: { kind: 'text', value: 'H', meaning: 'answer other machines too, on this address (0.0.0.0: on all)' },
    token: {
      kind: 'text',
      value: 'T',
      meaning: 'what others must show, 32 characters or more (better: SAYWHEN_TOKEN, which no other user sees)',
    },
  },
  async run(session) {
    if (session.url) throw new UsageError('saywhen serve answers for a local home: leave --url out.', serve)
    const elsewhere = elsewhereOf(session)
    const { url, stopped } = await session.deps.serve({ home: session.home, port: session.number('port'), elsewhere })
    if (session.json) session.printJson({ success: true, url, home: session.home })
    else session.print(`Saywhen answers at ${url} for ${session.home}. Stop it with Ctrl-C.`)
    await stopped
    return 0
  },
}

/** Where others are let in, never without a token that cannot be guessed. */
function elsewhereOf(session: Session): { host: string; token: string } | undefined {
  const host = session.text('host')
  if (host === undefined || LOOPBACK.includes(host)) {
    if (session.text('token') === undefined) return undefined
    throw new UsageError('--token is for others than this machine’s programs: name an address with --host.', serve)
  }
  const token = session.text('token') ?? session.deps.env.SAYWHEN_TOKEN ?? ''
  if (!/^[\x21-\x7e]*$/.test(token) || token.length < TOKEN_CHARACTERS)
    throw new UsageError(
      `To answer on ${host}, give a token of at least ${TOKEN_CHARACTERS} letters, digits and signs with SAYWHEN_TOKEN or --token.`,
      serve,
    )
  return { host, token }
}
