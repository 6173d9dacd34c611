/** What a worker tells about the evaluation under way, in memory that its host reads at any time, whatever the worker does. */
/** ms on a clock that all threads of the process share. */
export const sharedNow = (): number => performance.timeOrigin + performance.now()

const NAME_BYTES = 48
const NUMBERS_AT = 8
const NAME_AT = NUMBERS_AT + 3 * 8
const BYTES = NAME_AT + NAME_BYTES

/** An evaluation under way, as its host sees it. */
export interface Evaluation {
  startedAt: number
  cpuMs: number
  wallMs: number
  symbol: string
}

/** One worker's beat: a counter that is odd while an evaluation runs, and what runs. */
export class Beat {
  readonly buffer: SharedArrayBuffer
  readonly #counter: Int32Array
  readonly #numbers: Float64Array
  readonly #name: Uint8Array
  readonly #encoder = new TextEncoder()

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.buffer = buffer
    this.#counter = new Int32Array(buffer, 0, 2)
    this.#numbers = new Float64Array(buffer, NUMBERS_AT, 3)
    this.#name = new Uint8Array(buffer, NAME_AT, NAME_BYTES)
  }

  begin(symbol: string, limits: { cpuMs: number; wallMs: number }): void {
    this.#numbers[0] = sharedNow()
    this.#numbers[1] = limits.cpuMs
    this.#numbers[2] = limits.wallMs
    // encodeInto does not write to shared memory.
    this.#name.fill(0)
    this.#name.set(this.#encoder.encode(symbol).subarray(0, NAME_BYTES))
    Atomics.add(this.#counter, 0, 1)
  }

  end(): void {
    Atomics.add(this.#counter, 0, 1)
  }

  /** Changes with every begin and end; odd: an evaluation is under way. */
  count(): number {
    return Atomics.load(this.#counter, 0)
  }

  evaluation(): Evaluation {
    const [startedAt, cpuMs, wallMs] = this.#numbers
    const end = this.#name.indexOf(0)
    return {
      startedAt,
      cpuMs,
      wallMs,
      symbol: new TextDecoder().decode(this.#name.slice(0, end < 0 ? NAME_BYTES : end)),
    }
  }
}
