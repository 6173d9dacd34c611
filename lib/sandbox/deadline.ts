import type { Beat } from './beat.ts'
import type { Limits } from './sandbox.ts'

export interface Clocks {
  /** a monotonic clock in ms */
  now: () => number
  /** CPU time of this thread in ms, or undefined where it is not known: wall time then counts as CPU time */
  cpu: () => number | undefined
  /** told of every evaluation, so that it can be ended from outside */
  beat?: Pick<Beat, 'begin' | 'end'>
}

/** The time limits of one evaluation after the other, as the engine's interrupt handler asks for them. */
export class Deadline {
  readonly #clocks: Clocks
  readonly #limits: Limits
  #running = false
  #startedAt = 0
  #took = 0
  #cpuAtStart: number | undefined
  #polled = false
  #hit: 'cpu' | 'wall' | undefined

  constructor(clocks: Clocks, limits: Limits) {
    this.#clocks = clocks
    this.#limits = limits
  }

  /** `before`: ms of wall time that earlier rounds of the same evaluation took. */
  begin(symbol: string, before = 0): void {
    const { cpuMs, wallMs } = this.#limits
    this.#running = true
    this.#polled = false
    this.#hit = undefined
    this.#startedAt = this.#clocks.now() - before
    this.#clocks.beat?.begin(symbol, { cpuMs, wallMs: Math.max(0, wallMs - before) })
  }

  end(): void {
    if (!this.#running) return
    this.#running = false
    this.#took = this.#clocks.now() - this.#startedAt
    this.#clocks.beat?.end()
  }

  /** ms of wall time that the evaluation has taken so far, earlier rounds included. */
  get took(): number {
    return this.#took
  }

  /** The limit that ended the evaluation, if one did. */
  get hit(): 'cpu' | 'wall' | undefined {
    return this.#hit
  }

  /** Whether the evaluation must stop; once true it stays so. */
  passed(): boolean {
    if (!this.#running || this.#hit !== undefined) return this.#hit !== undefined
    // CPU time is read from the system: not for evaluations too short to be polled, and not before it can have run out.
    if (!this.#polled) {
      this.#polled = true
      this.#cpuAtStart = this.#clocks.cpu()
    }
    const { cpuMs, wallMs } = this.#limits
    const took = this.#clocks.now() - this.#startedAt
    if (took > wallMs) this.#hit = 'wall'
    else if (took > cpuMs) {
      const cpu = this.#clocks.cpu()
      const used = cpu === undefined || this.#cpuAtStart === undefined ? took : cpu - this.#cpuAtStart
      if (used > cpuMs) this.#hit = 'cpu'
    }
    return this.#hit !== undefined
  }
}
