import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Understand } from './answers.ts'

const COMMAND = fileURLToPath(new URL('../../dist/saywhen.mjs', import.meta.url))

/**
 * Asks the built command to create a strategy, so that a model's answers are proved and mended as they are for anybody. It needs the
 * model's key and stored bars (SAYWHEN_HOME) and stores what it creates there. Throws what is neither a rule, a question nor a refusal.
 */
export function throughCommand(generator: string): Understand {
  if (!existsSync(COMMAND)) throw new Error('Build the command first: npm run build.')
  return async (prompt) => {
    const answer = JSON.parse(await printed(['create', '--json', prompt], { SAYWHEN_GENERATOR: generator }))
    if (answer.success) {
      const { rule, assumptions = [] } = answer.strategy
      return { kind: 'rule', clauses: rule ?? {}, intent: 'screen', assumptions }
    }
    const { code, message, details = {} } = answer.error
    if (code === 'refused') return { kind: 'refused', reason: details.reason ?? message, offer: details.offer ?? null }
    if (code === 'not_understood')
      return {
        kind: 'questions',
        questions: details.questions ?? [message],
        notUnderstood: details.not_understood ?? [],
        assumptions: details.assumptions ?? [],
      }
    throw new Error(`${code}: ${message}`)
  }
}

function printed(words: string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(process.execPath, [COMMAND, ...words], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      const text = stdout.trim() || stderr.trim()
      if (text.startsWith('{')) resolve(text)
      else reject(error ?? new Error(text))
    }),
  )
}
