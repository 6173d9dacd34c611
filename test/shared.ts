import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe } from 'vitest'

const root = fileURLToPath(new URL('../../shared/', import.meta.url))
const present = existsSync(root)

if (!present && process.env.SAYWHEN_REQUIRE_SHARED === '1')
  throw new Error('SAYWHEN_REQUIRE_SHARED=1, and ../shared is absent')
if (!present) console.log('skipped: no ../shared')

/** Absolute path of a file under ../shared. */
export function shared(path: string): string {
  return root + path
}

/** describe, skipped where ../shared is absent. */
export const withShared = present ? describe : describe.skip
