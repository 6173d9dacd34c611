import { AppError } from '../core/errors.ts'
import type { EntryPoint } from '../strategy/strategy.ts'
import type { Clocks } from './deadline.ts'
import { GuestCalls } from './guest-calls.ts'
import type { Instance } from './instance.ts'
import type { ModuleCode } from './module-code.ts'
import type {
  ClassifyAnswer,
  ClassifyRequest,
  ExitRequest,
  GuestError,
  GuestSession,
  GuestSymbol,
  Limits,
  Outcome,
  UniverseList,
  UniverseRequest,
} from './sandbox.ts'

/** One strategy on one instance: requests as the guest takes them, its answers read back. See GuestSession. */
export class Session implements GuestSession {
  readonly entryPoints: readonly EntryPoint[] = []
  readonly series: readonly string[] = []
  readonly #instance: Instance
  readonly #calls: GuestCalls

  /** `done` gets the instance back and learns whether it can still be trusted. */
  constructor(instance: Instance, code: ModuleCode, limits: Limits, clocks: Clocks, done: (trusted: boolean) => void) {
    this.#instance = instance
    this.#calls = new GuestCalls(instance, code, limits, clocks, done)
  }

  /** Starts the strategy; the failure when that is not possible. */
  start(): GuestError | undefined {
    const started = this.#calls.start()
    if ('error' in started) return started.error
    const { entryPoints, series } = JSON.parse(started.said)
    Object.assign(this, { entryPoints, series })
    return undefined
  }

  load(data: GuestSymbol): void {
    this.#calls.desk.load(data)
  }

  loadUniverse(list: UniverseList): void {
    this.#calls.desk.loadUniverse(list)
  }

  clear(): void {
    this.#calls.desk.clear()
  }

  classify(request: ClassifyRequest): Outcome<ClassifyAnswer> {
    const { symbol, entry, from, to, isolated } = request
    this.#expect(entry)
    const length = this.#lengthOf(symbol)
    const bars = isolated ?? [from, to - 1]
    const count = isolated?.length ?? Math.max(0, to - from)
    if (count > 0) for (const bar of bars) inside(symbol, bar, length)
    const { context } = this.#instance
    const called = this.#calls.operate('classify', symbol, () => [
      context.newString(symbol),
      context.newString(entry),
      context.newNumber(from),
      context.newNumber(to),
      ...(isolated === undefined ? [] : [context.newArrayBuffer(copyOf(isolated))]),
    ])
    if (called.kind !== 'value') return called
    const bytes = this.#calls.bytes(called.handle)
    const answer: ClassifyAnswer = {
      score: new Float64Array(bytes.buffer, 0, count),
      verdict: bytes.slice(count * 8, count * 9),
      data: new Map(),
      errorBars: 0,
      errors: [],
    }
    if (bytes[count * 9] === 1) {
      const note = JSON.parse(this.#calls.note())
      answer.errorBars = note.errorBars
      answer.errors = note.errors.map(({ bar, error }: ClassifyAnswer['errors'][number]) => ({
        bar,
        error: this.#calls.placed(error),
      }))
      for (const [position, data] of Object.entries(note.data))
        answer.data.set(+position, data as Record<string, unknown>)
    }
    return { kind: 'done', answer }
  }

  score(request: { symbol: string; bars: Int32Array }): Outcome<Float64Array> {
    this.#expect('scoreSymbol')
    const length = this.#lengthOf(request.symbol)
    for (const bar of request.bars) inside(request.symbol, bar, length)
    if (request.bars.length === 0) return { kind: 'done', answer: new Float64Array(0) }
    const { context } = this.#instance
    const called = this.#calls.operate('score', request.symbol, () => [
      context.newString(request.symbol),
      context.newArrayBuffer(copyOf(request.bars)),
    ])
    if (called.kind !== 'value') return called
    return { kind: 'done', answer: new Float64Array(this.#calls.bytes(called.handle).buffer) }
  }

  exits(request: ExitRequest): Outcome<Int32Array> {
    this.#expect('exitPosition')
    const length = this.#lengthOf(request.symbol)
    const { positions } = request
    if (positions.length === 0) return { kind: 'done', answer: new Int32Array(0) }
    const given = new Float64Array(positions.length * 4)
    positions.forEach(({ signal, entry, entryPrice, side }, i) => {
      inside(request.symbol, signal, length)
      inside(request.symbol, entry, length)
      given.set([signal, entry, entryPrice, side], i * 4)
    })
    const { context } = this.#instance
    const called = this.#calls.operate('exits', request.symbol, () => [
      context.newString(request.symbol),
      context.newNumber(request.to),
      context.newArrayBuffer(given.buffer),
    ])
    if (called.kind !== 'value') return called
    return { kind: 'done', answer: new Int32Array(this.#calls.bytes(called.handle).buffer) }
  }

  universe(request: UniverseRequest): Outcome<unknown> {
    this.#expect(request.form)
    const { context } = this.#instance
    const called = this.#calls.operate('universe', '', () => [
      context.newString(request.form),
      context.newNumber(request.asOf),
      context.newString(JSON.stringify(request.args)),
    ])
    if (called.kind !== 'value') return called
    return { kind: 'done', answer: JSON.parse(this.#calls.text(called.handle)) }
  }

  dispose(): void {
    this.#calls.dispose()
  }

  #expect(entry: EntryPoint): void {
    if (!this.entryPoints.includes(entry)) throw new AppError('internal', `The strategy has no ${entry}.`)
  }

  #lengthOf(symbol: string): number {
    const length = this.#calls.desk.lengthOf(symbol)
    if (length === undefined)
      throw new AppError('internal', `The bars of ${symbol} were not handed over; load them first.`)
    return length
  }
}

function inside(symbol: string, bar: number, length: number): void {
  if (!Number.isInteger(bar) || bar < 0 || bar >= length) {
    throw new AppError('internal', `Bar ${bar} of ${symbol} does not exist: ${length} bars were handed over.`)
  }
}

function copyOf(bars: Int32Array): ArrayBuffer {
  return Int32Array.from(bars).buffer
}
