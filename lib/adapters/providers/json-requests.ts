import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { tokenBucket } from './token-bucket.ts'

export interface RequestPorts {
  clock: Clock
  sleep: (ms: number) => Promise<void>
  /** uniform in [0, 1), spreads retries */
  random: () => number
}

export interface RequestOptions {
  /** who is asked, for messages */
  service: string
  headers: Readonly<Record<string, string>>
  perMinute: number
  timeoutMs: number
  /** tries of one request in all */
  attempts: number
}

/** An answer that is the caller's to understand: its status (200, or a refusal) and its text. */
export interface Answer {
  status: number
  text: string
}

export interface JsonRequests {
  /** every try counts */
  readonly made: number
  get(url: URL): Promise<Answer>
}

const FIRST_BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 30_000
/** A service that wants a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 5 * 60_000

/**
 * GET requests that keep to a service's rate: 429 waits as long as its headers say, 5xx, time-outs and broken connections are
 * tried again after a growing, random pause. Redirects are not followed: the headers are for this service only.
 */
export function jsonRequests(ports: RequestPorts, options: RequestOptions): JsonRequests {
  const { clock, sleep, random } = ports
  const { service, headers, timeoutMs, attempts } = options
  const turn = tokenBucket(options.perMinute, clock, sleep)
  let made = 0

  /** Full jitter: anything up to the exponential bound. */
  const backoff = (attempt: number) =>
    Math.round(random() * Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt))

  async function once(url: URL): Promise<{ answer?: Answer; problem?: string; pauseMs?: number }> {
    made++
    try {
      const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
      const text = await response.text()
      const { status } = response
      if (status === 429) return { problem: 'it limits the rate (429)', pauseMs: pauseOf(response.headers, clock()) }
      if (status >= 500) return { problem: `it answered ${status}` }
      if (status >= 300 && status < 400) return { answer: { status, text: '' } }
      return { answer: { status, text } }
    } catch (error) {
      return { problem: problemOf(error, timeoutMs) }
    }
  }

  return {
    get made() {
      return made
    },
    async get(url) {
      for (let attempt = 0; ; attempt++) {
        await turn()
        const { answer, problem, pauseMs } = await once(url)
        if (answer) return answer
        const pause = pauseMs ?? backoff(attempt)
        if (attempt + 1 >= attempts || pause > LONGEST_PAUSE_MS)
          throw new AppError(
            'internal',
            `${service} did not serve a request: ${problem}. Tries: ${attempt + 1}. Nothing was stored; try later.`,
            {
              service,
              path: url.pathname,
            },
          )
        await sleep(pause)
      }
    },
  }
}

/** How long the service wants to be left alone, in ms: Retry-After (seconds or a date), else X-RateLimit-Reset (epoch seconds). */
function pauseOf(headers: Headers, now: number): number | undefined {
  const after = headers.get('retry-after')
  const reset = headers.get('x-ratelimit-reset')
  const wait = after === null ? Number.NaN : /^\d+$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - now
  if (Number.isFinite(wait)) return Math.max(0, wait)
  if (reset !== null && /^\d+$/.test(reset)) return Math.max(0, Number(reset) * 1_000 - now)
  return undefined
}

/** What went wrong before an answer was there; by name or code only, since messages may hold what was sent. */
function problemOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'the connection failed'
  if (error.name === 'TimeoutError') return `it did not answer within ${timeoutMs / 1_000} s`
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return `the connection failed${code}`
}
