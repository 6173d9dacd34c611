import { AppError } from '../core/errors.ts'
import { type Beat, sharedNow } from './beat.ts'

/** ms between two looks at the workers that are at work. */
export const LOOK_MS = 10
/** What a worker gets beyond a deadline to stop by itself: a polite stop spares the thread. */
const GRACE_MS = 20

export interface WatchLimits {
  /** longest a job may take as a whole, ms */
  wallMs?: number
  /** longest a job may go on outside of evaluations without a sign of life, ms */
  silentMs: number
}

/** Counts one job of one worker from outside: what the worker itself does or does not do cannot move its deadlines. */
export class Watch {
  readonly #limits: WatchLimits
  readonly #beat: Beat
  readonly #cpuMs: () => number | undefined
  readonly #startedAt = sharedNow()
  #count: number
  #since = this.#startedAt
  /** CPU of the thread when the evaluation under way was first seen */
  #cpuAtStart: number | undefined

  constructor(limits: WatchLimits, beat: Beat, cpuMs: () => number | undefined) {
    this.#limits = limits
    this.#beat = beat
    this.#cpuMs = cpuMs
    this.#count = beat.count()
  }

  /** Why the worker must be ended now, or undefined. */
  overdue(): AppError | undefined {
    const now = sharedNow()
    const count = this.#beat.count()
    const running = count % 2 !== 0
    if (count !== this.#count) {
      this.#count = count
      this.#since = now
      this.#cpuAtStart = running ? this.#cpuMs() : undefined
    }
    const { wallMs = Number.POSITIVE_INFINITY, silentMs } = this.#limits
    if (now - this.#startedAt > wallMs)
      return jobLimit(`The job took longer than ${wallMs} ms and was ended.`, { wall_ms: wallMs })
    if (running) return this.#evaluationOverdue(now)
    if (now - this.#since > silentMs)
      return jobLimit(`The job gave no sign of life for ${silentMs} ms and was ended.`, { silent_ms: silentMs })
    return undefined
  }

  #evaluationOverdue(now: number): AppError | undefined {
    const { startedAt, cpuMs, wallMs, symbol } = this.#beat.evaluation()
    const took = now - startedAt - GRACE_MS
    if (took > wallMs) return evaluationLimit('wall', wallMs, symbol)
    if (took <= cpuMs) return undefined
    const cpu = this.#cpuMs()
    const used =
      cpu === undefined || this.#cpuAtStart === undefined ? took : cpu - this.#cpuAtStart - GRACE_MS + LOOK_MS
    return used > cpuMs ? evaluationLimit('cpu', cpuMs, symbol) : undefined
  }
}

function evaluationLimit(limit: 'cpu' | 'wall', ms: number, symbol: string): AppError {
  const whom = symbol === '' ? '' : ` on ${symbol}`
  return new AppError('limit', `The strategy's code ended with a timeout error${whom}: ${timeoutMessage(limit, ms)}`, {
    kind: 'timeout',
    limit,
    [`${limit}_ms`]: ms,
    ...(symbol === '' ? {} : { symbol }),
  })
}

/** What is said of an evaluation that hit a time limit, by whichever side it was stopped. */
export function timeoutMessage(limit: 'cpu' | 'wall', ms: number): string {
  return `One evaluation took more than ${ms} ms of ${limit === 'cpu' ? 'CPU' : 'wall'} time.`
}

function jobLimit(message: string, details: Record<string, number>): AppError {
  return new AppError('limit', message, { kind: 'timeout', ...details })
}
