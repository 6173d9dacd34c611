import { sha256 } from '../core/hash.ts'

/** The two kinds of secret: an owner's API key, and the key of the deployment's operator. */
export const KEY_PREFIX = { owner: 'swk_', operator: 'swo_' } as const
/** Random bytes of a secret: 256 bits, so that its plain SHA-256 tells nothing. */
export const SECRET_BYTES = 32
const FORM = /^sw[ko]_[\w-]{43}$/
/** The fewest characters of the token that opens a machine to others. */
export const TOKEN_CHARACTERS = 32

/** The text of a new secret of 32 random bytes. */
export function newSecret(kind: keyof typeof KEY_PREFIX, bytes: Uint8Array): string {
  if (bytes.length !== SECRET_BYTES) throw new Error(`A secret is made of ${SECRET_BYTES} bytes, not ${bytes.length}.`)
  return KEY_PREFIX[kind] + Buffer.from(bytes).toString('base64url')
}

/** Whether a text has the form of a secret; anything else is refused without a look into the store. */
export const isSecret = (text: string): boolean => FORM.test(text)

/** What is stored in place of a secret: its SHA-256, lower-case hex. */
export const secretHash = (secret: string): string => sha256(secret)

/** The last 4 characters, by which a person knows a key again. */
export const hintOf = (secret: string): string => secret.slice(-4)
