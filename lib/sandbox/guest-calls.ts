import type { QuickJSHandle } from 'quickjs-emscripten-core'
import { AppError } from '../core/errors.ts'
import { type Clocks, Deadline } from './deadline.ts'
import { ASK } from './guest.ts'
import type { GuestOperation, Instance } from './instance.ts'
import type { ModuleCode } from './module-code.ts'
import { NeedsDesk } from './needs.ts'
import type { GuestError, Limits, Outcome } from './sandbox.ts'
import { timeoutMessage } from './watch.ts'

/** What an operation left behind: its value, what it still needs, or why it failed. */
export type Called = { kind: 'value'; handle: QuickJSHandle } | Exclude<Outcome<never>, { kind: 'done' }>

/** Most characters of what is said of a failure. */
const MOST_MESSAGE = 1000

/** The calls of one strategy on one instance, each under the limits; knows how a call ended, not what it was about. */
export class GuestCalls {
  readonly desk = new NeedsDesk()
  readonly #instance: Instance
  readonly #limits: Limits
  readonly #deadline: Deadline
  readonly #code: ModuleCode
  readonly #done: (trusted: boolean) => void
  #spent = false
  #hitLimit = false
  #disposed = false
  /** whether nothing was evaluated since the code was started, and whether it was started to collect before every bar */
  #fresh = true
  #careful = false
  /** ms of wall time that the rounds before took, where the evaluation only asked for data */
  #before = 0

  /** `done` gets the instance back and learns whether it can still be trusted. */
  constructor(instance: Instance, code: ModuleCode, limits: Limits, clocks: Clocks, done: (trusted: boolean) => void) {
    this.#instance = instance
    this.#code = code
    this.#limits = limits
    this.#deadline = new Deadline(clocks, limits)
    this.#done = done
  }

  /** Compiles the strategy and runs its top level once; what it says of itself, as JSON, or why that is not possible. */
  start(): { said: string } | { error: GuestError } {
    const instance = this.#instance
    const interrupted = () => this.#deadline.passed()
    const ask = (kind: number, text: string, number: number) => {
      if (kind === ASK.collect) return void instance.collect()
      if (kind !== ASK.clock) return this.desk.ask(kind, text, number)
      return instance.exhausted() || interrupted() ? 'stop' : undefined
    }
    instance.reset({ ask, interrupted }, this.#limits.memoryBytes)
    instance.runtime.setMaxStackSize(this.#limits.stackBytes)
    this.#fresh = true
    const code = this.#code
    const started = this.#call('', () => {
      const { context } = instance
      const compiled = context.evalCode(code.source, 'strategy.js', { type: 'module' })
      if (compiled.error) return compiled
      const factory = context.getProp(compiled.value, 'default')
      const link = context.getProp(compiled.value, 'link')
      const { bareNames, kept } = code
      const { dataBytes, answerBytes } = this.#limits
      const settings = context.newString(
        JSON.stringify({ bareNames, kept, careful: this.#careful, dataBytes, answerBytes }),
      )
      return context.callFunction(instance.operations.open, context.undefined, factory, link, settings)
    })
    if (started.kind === 'failed') return { error: started.error }
    if (started.kind === 'needs')
      return { error: { kind: 'guest', message: 'Data is read inside an entry point, not at module level.' } }
    return { said: this.text(started.handle) }
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#spent = true
    // An instance that hit a limit is thrown away.
    this.#done(!this.#hitLimit)
  }

  /**
   * One operation. Whether the memory suffices must not depend on what was evaluated before, so an evaluation that runs out of
   * it is begun anew on the instance as it was at first, with garbage collected before every bar; only then is it a failure.
   */
  operate(operation: GuestOperation, symbol: string, given: () => QuickJSHandle[]): Called {
    const called = this.#once(operation, symbol, given)
    if (called.kind !== 'failed' || called.error.kind !== 'memory') return called
    if (this.#disposed || (this.#fresh && this.#careful)) return called
    this.#spent = false
    this.#hitLimit = false
    this.#careful = true
    this.desk.forgetHanded()
    const started = this.start()
    return 'error' in started ? { kind: 'failed', error: started.error } : this.#once(operation, symbol, given)
  }

  #once(operation: GuestOperation, symbol: string, given: () => QuickJSHandle[]): Called {
    const { context, operations } = this.#instance
    const called = this.#call(symbol, () => {
      if (this.desk.takeStale()) context.callFunction(operations.forget, context.undefined).dispose()
      const handles = given()
      const result = context.callFunction(operations[operation], context.undefined, handles)
      for (const handle of handles) handle.dispose()
      return result
    })
    if (called.kind !== 'failed') this.#fresh = false
    return called
  }

  /** Runs the guest under the limits and sorts out how it ended. */
  #call(symbol: string, run: () => { value: QuickJSHandle; error?: undefined } | { error: QuickJSHandle }): Called {
    if (this.#spent)
      throw new AppError('internal', 'This guest session is spent: it hit a limit or was disposed of; open another.')
    this.desk.begin()
    this.#deadline.begin(symbol, this.#before)
    this.#before = 0
    const { context } = this.#instance
    try {
      const result = run()
      this.#deadline.end()
      if (this.#instance.exhausted()) return this.#fail(this.#memoryError())
      const needs = this.desk.needs()
      const { hit } = this.#deadline
      if (hit !== undefined)
        return this.#fail({ kind: 'timeout', message: timeoutMessage(hit, this.#limits[`${hit}Ms`]) })
      if (result.error) return this.#fail(this.#dumped(result.error))
      if (needs.length > 0) {
        result.value.dispose()
        this.#before = this.#deadline.took
        return { kind: 'needs', needs }
      }
      if (context.typeof(result.value) === 'object' && context.eq(result.value, context.null)) {
        const error = this.placed(JSON.parse(this.note()))
        return error.kind === 'guest' ? { kind: 'failed', error } : this.#fail(error)
      }
      return { kind: 'value', handle: result.value }
    } catch (error) {
      if (error instanceof AppError) throw error
      const exhausted = this.#instance.exhausted()
      // Not the engine but what reads its answers found no memory left: the engine's own stack is in order.
      const torn = error instanceof RangeError || error instanceof WebAssembly.RuntimeError
      if (exhausted && !torn) return this.#fail(this.#memoryError())
      // The engine itself gave up, its own stack ran over: the instance cannot be trusted again.
      const failure: GuestError = exhausted
        ? this.#memoryError()
        : { kind: 'stack', message: 'The code nests too deeply for the engine.' }
      this.#spent = true
      if (!this.#disposed) {
        this.#disposed = true
        this.#done(false)
      }
      return { kind: 'failed', error: failure }
    } finally {
      this.#deadline.end()
    }
  }

  #fail(error: GuestError): { kind: 'failed'; error: GuestError } {
    this.#spent = true
    this.#hitLimit ||= error.kind !== 'guest'
    return { kind: 'failed', error }
  }

  #memoryError(): GuestError {
    return { kind: 'memory', message: `The code needs more than ${Math.round(this.#limits.memoryBytes / 2 ** 20)} MB.` }
  }

  /** An error that left the guest's own handling: a syntax error of the engine, or the end by a limit. */
  #dumped(handle: QuickJSHandle): GuestError {
    const dumped: unknown = this.#instance.context.dump(handle)
    const { name, message, stack, lineNumber } = (
      typeof dumped === 'object' && dumped !== null ? dumped : {}
    ) as Record<string, unknown>
    const text = `${name ?? 'Error'}: ${message ?? String(dumped)}`.slice(0, 600)
    if (message === 'out of memory' || dumped === null) return this.#memoryError()
    if (message === 'stack overflow') return { kind: 'stack', message: text }
    const place = /strategy\.js:(\d+)(?::(\d+))?/.exec(typeof stack === 'string' ? stack.slice(0, 20_000) : '')
    const line = place !== null ? Number(place[1]) : typeof lineNumber === 'number' ? lineNumber : undefined
    return this.placed({
      kind: 'guest',
      message: text,
      line,
      ...(place?.[2] === undefined ? {} : { column: Number(place[2]) }),
    })
  }

  /** A failure in the strategy's own lines and columns. */
  placed(error: GuestError): GuestError {
    return this.#code.place({ ...error, message: error.message.slice(0, MOST_MESSAGE) })
  }

  /** What the last operation left beside its value. */
  note(): string {
    const { context, operations } = this.#instance
    return this.text(context.unwrapResult(context.callFunction(operations.note, context.undefined)))
  }

  text(handle: QuickJSHandle): string {
    const text = this.#instance.context.getString(handle)
    handle.dispose()
    return text
  }

  /** A copy of a guest buffer. */
  bytes(handle: QuickJSHandle): Uint8Array {
    const view = this.#instance.context.getArrayBuffer(handle)
    const bytes = view.value.slice()
    view.dispose()
    handle.dispose()
    return bytes
  }
}
