import { AppError } from '../core/errors.ts'
import { type Instance, loadInstance } from './instance.ts'
import { moduleCode } from './module-code.ts'
import { DEFAULT_LIMITS, type GuestSession, type Limits, type Sandbox } from './sandbox.ts'
import { Session } from './session.ts'

export interface SandboxOptions {
  /** most memory any session may be given */
  memoryBytes?: number
  /** instances held ready: as many sessions can be open, or ended by the engine, before `open` has to be awaited for */
  ready?: number
  /** a monotonic clock in ms for the CPU limit */
  now?: () => number
}

/** An instance that grew past this is given up when another stands ready. */
const LARGE = 64 * 2 ** 20

/**
 * Loads QuickJS for this thread. Sessions are opened synchronously on instances that stand ready; a session starts from
 * memory that is byte for byte the same each time, and an instance whose engine threw is replaced by a fresh one.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox & { ready(): Promise<void> }> {
  const { memoryBytes = DEFAULT_LIMITS.memoryBytes, ready = 2, now = () => performance.now() } = options
  const idle: Instance[] = []
  let loading: Promise<void> | undefined

  const fill = async (): Promise<void> => {
    while (idle.length < ready) idle.push(await loadInstance(memoryBytes))
  }
  /** Loads what is missing, once at a time. */
  const replenish = (): Promise<void> => {
    loading ??= fill().finally(() => {
      loading = undefined
    })
    return loading
  }
  const takeBack = (instance: Instance, trapped: boolean): void => {
    const spare = idle.length > 0
    if (!trapped && (!spare || (idle.length < ready + 2 && instance.memoryBytes() <= LARGE))) idle.push(instance)
    else void replenish()
  }

  await replenish()
  return {
    ready: replenish,
    open(
      code: string,
      given: Partial<Limits> = {},
    ): { session: GuestSession } | { error: Awaited<ReturnType<Session['start']>> & object } {
      const limits = { ...DEFAULT_LIMITS, memoryBytes, ...given }
      const compiled = moduleCode(code)
      if ('error' in compiled) return compiled
      const instance = idle.pop()
      if (instance === undefined) {
        throw new AppError(
          'internal',
          'Every sandbox instance is in use: dispose of a session, or await ready() before opening another.',
        )
      }
      const session = new Session(instance, limits, now, (trapped) => takeBack(instance, trapped))
      const error = session.start(compiled)
      if (idle.length === 0) void replenish()
      if (error === undefined) return { session }
      session.dispose()
      return { error }
    },
  }
}
