import variant from '@jitl/quickjs-wasmfile-release-sync'
import {
  type EmscriptenModuleLoaderOptions,
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  StaticLifetime,
} from 'quickjs-emscripten-core'
import { AppError } from '../core/errors.ts'
import { guestSource } from './guest.ts'
import { pagesOf, putPages, type Snapshot } from './snapshot.ts'

const PAGE = 65_536
/** The program's name lies in the engine's memory: the same whatever script runs, so that a snapshot fits every process. */
const NAMED = { thisProgram: 'saywhen' } as EmscriptenModuleLoaderOptions
/** What the module declares as its least memory. */
const INITIAL_PAGES = 256
const OPERATIONS = ['open', 'classify', 'score', 'exits', 'universe', 'note', 'forget', 'globalNames'] as const
export type GuestOperation = (typeof OPERATIONS)[number]

/** What a session plugs into an instance while it holds it. */
export interface InstanceHooks {
  /** the guest's ask(kind, text, number); what is returned becomes the guest's value */
  ask(kind: number, text: string, number: number): ArrayBuffer | string | undefined
  /** polled while the guest runs; true ends the evaluation */
  interrupted(): boolean
}

/**
 * One WebAssembly instance of QuickJS with the guest's globals installed. Its whole memory is pictured once it stands and
 * put back before every session: nothing of one session reaches the next, whatever the session did.
 */
export interface Instance {
  readonly context: QuickJSContext
  readonly runtime: QuickJSRuntime
  readonly operations: Readonly<Record<GuestOperation, QuickJSHandle>>
  /** what its memory is put back to */
  readonly snapshot: Snapshot
  /** bytes of linear memory now; it never shrinks */
  memoryBytes(): number
  /** whether the guest asked for more memory than allowed since the last reset */
  exhausted(): boolean
  /** Has the engine collect at its next allocation; by itself it counts blocks, however large they are. */
  collect(): void
  /** Puts the pictured memory back and sets what the session may use. */
  reset(hooks: InstanceHooks, memoryBytes: number): void
}

const UNPLUGGED: InstanceHooks = { ask: () => undefined, interrupted: () => false }

/** QuickJS as it is handed to every thread. */
export interface EngineCode {
  module: WebAssembly.Module
  /** spares each instance the reading of the guest's own source */
  snapshot?: Snapshot
}

/** Loads an instance whose memory can never exceed `memoryBytes`: the engine's memory is imported with that maximum. */
export async function loadInstance(memoryBytes: number, engine?: EngineCode): Promise<Instance> {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: Math.floor(memoryBytes / PAGE) })
  let allowed = memoryBytes
  let exhausted = false
  let hooks = UNPLUGGED
  const grow = memory.grow.bind(memory)
  // The engine's glue asks here for more memory: a refusal becomes an out-of-memory error inside the guest.
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE > allowed) {
      exhausted = true
      throw new RangeError('guest memory limit')
    }
    const before = grow(pages)
    // What fills the memory may be garbage that refers to itself.
    collect()
    return before
  }
  const module = await newQuickJSWASMModuleFromVariant(
    newVariant(variant, { wasmModule: engine?.module, wasmMemory: memory, emscriptenModule: NAMED }),
  )
  const runtime = module.newRuntime()
  const threshold = thresholdAddress(runtime, memory)
  const collect = () => new Uint32Array(memory.buffer, threshold, 1).fill(0)
  const context = runtime.newContext()
  runtime.setInterruptHandler(() => exhausted || hooks.interrupted())
  const ask = context.newFunction('ask', (kind, text, number) => {
    const answer = answerOf(() =>
      hooks.ask(context.getNumber(kind), context.getString(text), context.getNumber(number)),
    )
    if (answer === undefined) return context.undefined
    return typeof answer === 'string' ? context.newString(answer) : context.newArrayBuffer(answer)
  })
  // The named values are made when first read: now, so that they are in the picture.
  for (const value of [context.undefined, context.null, context.true, context.false, context.global]) value.alive
  const given = engine?.snapshot
  const known = given !== undefined && given.ask === ask.value && given.size === memory.buffer.byteLength
  const snapshot = known ? given : install(context, ask, memory)
  if (known) putPages(memory.buffer, snapshot.pages)
  const operations = Object.fromEntries(
    OPERATIONS.map((name) => [name, new StaticLifetime(snapshot.operations[name] as QuickJSHandle['value'])]),
  )
  let used = false
  return {
    context,
    runtime,
    operations: operations as unknown as Record<GuestOperation, QuickJSHandle>,
    snapshot,
    memoryBytes: () => memory.buffer.byteLength,
    exhausted: () => exhausted,
    collect,
    reset(next, bytes) {
      if (used) putPages(memory.buffer, snapshot.pages)
      used = true
      hooks = next
      allowed = bytes
      exhausted = false
    },
  }
}

/** What the engine's collector waits for at first, and the size of the record of a runtime in which that number stands once. */
const FIRST_THRESHOLD = 256 * 1024
const RUNTIME_WORDS = 64

/** Where a new runtime keeps the count of allocated bytes at which it collects; the engine exports no way to set it. */
function thresholdAddress(runtime: QuickJSRuntime, memory: WebAssembly.Memory): number {
  const { value: start } = (runtime as unknown as { rt: { value: number } }).rt
  const words = new Uint32Array(memory.buffer, start, RUNTIME_WORDS)
  const at = words.indexOf(FIRST_THRESHOLD)
  if (at < 0 || words.lastIndexOf(FIRST_THRESHOLD) !== at)
    throw new AppError('internal', 'This build of QuickJS keeps the threshold of its collector in another place.')
  return start + at * Uint32Array.BYTES_PER_ELEMENT
}

/** Runs the guest's own source and pictures what it leaves. */
function install(context: QuickJSContext, ask: QuickJSHandle, memory: WebAssembly.Memory): Snapshot {
  const installer = context.unwrapResult(context.evalCode(guestSource(), 'saywhen.js'))
  const guest = context.unwrapResult(context.callFunction(installer, context.undefined, ask))
  const operations = Object.fromEntries(OPERATIONS.map((name) => [name, Number(context.getProp(guest, name).value)]))
  return { size: memory.buffer.byteLength, pages: pagesOf(memory.buffer), ask: Number(ask.value), operations }
}

/** A refusal crosses as a text that begins with !: the guest throws it in its own words. */
function answerOf(ask: () => ArrayBuffer | string | undefined): ArrayBuffer | string | undefined {
  try {
    return ask()
  } catch (error) {
    return `!${error instanceof Error ? error.message : String(error)}`
  }
}
