import { AppError } from '../lib/core/errors.ts'
import type { Limits } from '../lib/sandbox/sandbox.ts'

const VARIABLES = [
  ['SAYWHEN_CPU_MS', 'cpuMs', 1],
  ['SAYWHEN_WALL_MS', 'wallMs', 1],
  ['SAYWHEN_MEMORY_MB', 'memoryBytes', 2 ** 20],
] as const
/** What the engine itself needs, in MB. */
const LEAST_MEMORY = 32

/** Limits of strategies' code from the environment, in place of the defaults; throws `bad_request` for what is no such number. */
export function limitsOf(env: Readonly<Record<string, string | undefined>>): Partial<Limits> {
  const limits: Partial<Limits> = {}
  for (const [variable, limit, unit] of VARIABLES) {
    const text = env[variable]
    if (text === undefined || text === '') continue
    const least = limit === 'memoryBytes' ? LEAST_MEMORY : 1
    if (!/^\d{1,9}$/.test(text) || Number(text) < least || (limit === 'memoryBytes' && Number(text) > 4096))
      throw new AppError(
        'bad_request',
        `${variable} is a whole number${limit === 'memoryBytes' ? ' of MB, 32 to 4096' : ' of ms'}, not "${text.slice(0, 40)}".`,
      )
    limits[limit] = Number(text) * unit
  }
  return limits
}
