import { gemini } from '../lib/adapters/gemini/gemini.ts'
import { sleep, systemClock } from '../lib/adapters/local/clock.ts'
import { AppError } from '../lib/core/errors.ts'
import type { Model } from '../lib/generate/model.ts'
import type { Env } from './aws.ts'

/** Where the model's key may be: the environment, or a secret of a deployment, which is read when it is needed. */
export type SecretOf = (name: string) => Promise<string | undefined>

const waiting = { clock: systemClock, sleep, random: Math.random }
const GENERATORS = ['offline', 'gemini', 'auto']
/** What may stand in the header of a request. */
const HEADER_VALUE = /^[\x21-\x7e]+$/
export const GEMINI_MODEL = 'gemini-2.5-flash'

/**
 * Whom words are given to, by SAYWHEN_GENERATOR: `offline` (the grammar alone), `gemini`, or `auto` (the default: Gemini where there is
 * a key). SAYWHEN_GEMINI_MODEL and SAYWHEN_GEMINI_URL name another model and another place. Throws `bad_request` for a setting that
 * cannot be meant, and for `gemini` without a key.
 */
export async function modelOf(env: Env, secretOf: SecretOf = async () => undefined): Promise<Model | undefined> {
  const generator = env.SAYWHEN_GENERATOR || 'auto'
  if (!GENERATORS.includes(generator))
    throw new AppError(
      'bad_request',
      `SAYWHEN_GENERATOR is ${GENERATORS.join(', ')}; found "${generator.slice(0, 40)}".`,
    )
  if (generator === 'offline') return undefined
  const key = (env.SAYWHEN_GEMINI_KEY || (await secretOf('SAYWHEN_GEMINI_KEY')))?.trim()
  if (key) {
    if (!HEADER_VALUE.test(key))
      throw new AppError('bad_request', 'SAYWHEN_GEMINI_KEY holds characters that no key has. Set it again.')
    const model = env.SAYWHEN_GEMINI_MODEL || GEMINI_MODEL
    return gemini({ key, model, baseUrl: env.SAYWHEN_GEMINI_URL || undefined, waiting })
  }
  if (generator === 'auto') return undefined
  throw new AppError(
    'bad_request',
    'SAYWHEN_GENERATOR is gemini, and there is no key. Set SAYWHEN_GEMINI_KEY (on AWS: npx sst secrets set SAYWHEN_GEMINI_KEY KEY), or use offline.',
  )
}
