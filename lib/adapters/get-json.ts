import type { GetJson } from '../access/issuer-keys.ts'

const TIMEOUT_MS = 3_000
const MOST_BYTES = 256 * 1_024

/** JSON from a URL: within 3 s, at most 256 KB, from that address and no other it might point to. */
export const getJson: GetJson = async (url) => {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal })
  if (!response.ok) throw new Error(`status ${response.status}`)
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.length
    if (bytes > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`)
    parts.push(part)
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8'))
}
