import { AppError } from '../core/errors.ts'
import type { Clocks } from './deadline.ts'
import { type EngineCode, type Instance, loadInstance } from './instance.ts'
import { moduleCode } from './module-code.ts'
import { DEFAULT_LIMITS, type Limits, type Sandbox } from './sandbox.ts'
import { Session } from './session.ts'

export interface SandboxOptions extends Partial<Clocks> {
  /** QuickJS, compiled; loaded anew for every instance when absent */
  engine?: EngineCode
  /** in place of the defaults; memory is also the most any session may be given */
  limits?: Partial<Limits>
  /** instances held ready: as many sessions can be open at once */
  ready?: number
}

export interface QuickJs extends Sandbox {
  /** Waits until instances stand ready. */
  ready(): Promise<void>
  /** How many instances were thrown away since the sandbox stands: after a limit, or when the engine itself failed. */
  discarded(): number
}

/** An instance that grew past this is thrown away: its memory never shrinks. */
const LARGE = 64 * 2 ** 20

/**
 * Loads QuickJS for this thread. Sessions are opened synchronously on instances that stand ready; a session starts from
 * memory that is byte for byte the same each time. After a limit, or when the engine itself threw, the instance is thrown
 * away: `ready` loads another.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<QuickJs> {
  const { engine, ready = 1, now = () => performance.now(), cpu = () => undefined, beat } = options
  const defaults = { ...DEFAULT_LIMITS, ...options.limits }
  const idle: Instance[] = []
  let open = 0
  let discarded = 0
  let loading: Promise<void> | undefined

  const fill = async (): Promise<void> => {
    while (idle.length + open < ready) idle.push(await loadInstance(defaults.memoryBytes, engine))
  }
  /** Loads what is missing, once at a time. */
  const replenish = (): Promise<void> => {
    loading ??= fill().finally(() => {
      loading = undefined
    })
    return loading
  }

  await replenish()
  return {
    ready: replenish,
    discarded: () => discarded,
    open(code, given = {}) {
      const compiled = moduleCode(code)
      if ('error' in compiled) return compiled
      const instance = idle.pop()
      if (instance === undefined) {
        throw new AppError(
          'internal',
          'Every sandbox instance is in use: dispose of a session, or await ready() before opening another.',
        )
      }
      open++
      const session = new Session(instance, { ...defaults, ...given }, { now, cpu, beat }, (trusted) => {
        open--
        if (trusted && instance.memoryBytes() <= LARGE) idle.push(instance)
        else discarded++
      })
      const error = session.start(compiled)
      if (error === undefined) return { session }
      session.dispose()
      return { error }
    },
  }
}
