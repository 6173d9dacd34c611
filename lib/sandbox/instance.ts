import variant from '@jitl/quickjs-wasmfile-release-sync'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core'
import { guestSource } from './guest.ts'

const PAGE = 65_536
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
  /** bytes of linear memory now; it never shrinks */
  memoryBytes(): number
  /** whether the guest asked for more memory than allowed since the last reset */
  exhausted(): boolean
  /** Puts the pictured memory back and sets what the session may use. */
  reset(hooks: InstanceHooks, memoryBytes: number): void
}

const UNPLUGGED: InstanceHooks = { ask: () => undefined, interrupted: () => false }

/** Loads an instance whose memory can never exceed `memoryBytes`: the engine's memory is imported with that maximum. */
export async function loadInstance(memoryBytes: number, engine?: WebAssembly.Module): Promise<Instance> {
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
    return grow(pages)
  }
  const module = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule: engine, wasmMemory: memory }))
  const runtime = module.newRuntime()
  const context = runtime.newContext()
  runtime.setInterruptHandler(() => exhausted || hooks.interrupted())
  const ask = context.newFunction('ask', (kind, text, number) => {
    const answer = answerOf(() =>
      hooks.ask(context.getNumber(kind), context.getString(text), context.getNumber(number)),
    )
    if (answer === undefined) return context.undefined
    return typeof answer === 'string' ? context.newString(answer) : context.newArrayBuffer(answer)
  })
  const install = context.unwrapResult(context.evalCode(guestSource(), 'saywhen.js'))
  const guest = context.unwrapResult(context.callFunction(install, context.undefined, ask))
  const operations = Object.fromEntries(OPERATIONS.map((name) => [name, context.getProp(guest, name)]))
  // The named values are made when first read: now, so that they are in the picture.
  for (const value of [context.undefined, context.null, context.true, context.false, context.global]) value.alive
  const picture = pictureOf(memory)
  return {
    context,
    runtime,
    operations: operations as Record<GuestOperation, QuickJSHandle>,
    memoryBytes: () => memory.buffer.byteLength,
    exhausted: () => exhausted,
    reset(next, bytes) {
      const heap = new Uint8Array(memory.buffer)
      heap.set(picture)
      heap.fill(0, picture.length)
      hooks = next
      allowed = bytes
      exhausted = false
    },
  }
}

/** A refusal crosses as a text that begins with !: the guest throws it in its own words. */
function answerOf(ask: () => ArrayBuffer | string | undefined): ArrayBuffer | string | undefined {
  try {
    return ask()
  } catch (error) {
    return `!${error instanceof Error ? error.message : String(error)}`
  }
}

/** A copy of the memory up to its last byte that is not 0. */
function pictureOf(memory: WebAssembly.Memory): Uint8Array {
  const words = new Int32Array(memory.buffer)
  let end = words.length
  while (end > 0 && words[end - 1] === 0) end--
  return new Uint8Array(memory.buffer).slice(0, end * 4)
}
