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
  /** Whether this thread should be replaced: an instance hit a limit, its engine failed, or it holds much memory. */
  spent(): boolean
}

/** The memory of an instance never shrinks: a thread with one that grew past this should be replaced. */
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
  let spent = false
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
    spent: () => spent,
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
      const session = new Session(instance, compiled, lowered(defaults, given), { now, cpu, beat }, (trusted) => {
        open--
        if (trusted) idle.push(instance)
        spent ||= !trusted || instance.memoryBytes() > LARGE
      })
      const error = session.start()
      if (error === undefined) return { session }
      session.dispose()
      return { error }
    },
  }
}

/** The limits of a sandbox, some of them lowered for one session; none is raised. */
function lowered(defaults: Limits, given: Partial<Limits>): Limits {
  const limits = { ...defaults }
  for (const key of Object.keys(given) as (keyof Limits)[])
    limits[key] = Math.min(defaults[key], given[key] ?? defaults[key])
  return limits
}
