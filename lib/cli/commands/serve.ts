import { UsageError } from '../arguments.ts'
import type { Command } from './command.ts'

export const serve: Command = {
  name: 'serve',
  about: 'answer the HTTP API on this machine until stopped',
  flags: { port: { kind: 'port', value: 'N', meaning: 'port on 127.0.0.1 (any free one)' } },
  async run(session) {
    if (session.url) throw new UsageError('saywhen serve answers for a local home: leave --url out.', serve)
    const { url, stopped } = await session.deps.serve({ home: session.home, port: session.number('port') })
    if (session.json) session.printJson({ success: true, url, home: session.home })
    else session.print(`Saywhen answers at ${url} for ${session.home}. Stop it with Ctrl-C.`)
    await stopped
    return 0
  },
}
