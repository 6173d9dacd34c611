import type { Clock } from '../core/clock.ts'

const MINUTE_MS = 60_000

export interface ScheduleDeps {
  clock: Clock
  /** resolves after the time, or rejects when the signal ends it before */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** hash of the stored data: another one means that bars arrived */
  dataVersion(): Promise<string>
  /** once at the start: what the last process left unfinished is taken up again */
  takeUp(now: number): Promise<void>
  /** every minute */
  tick(now: number): Promise<void>
  /** in its place when the stored data has changed */
  barsArrived(now: number): Promise<void>
  /** hears what a look threw; the next minute looks again */
  onError(error: unknown): void
}

export interface Schedule {
  /** Begins no further look and waits for the one at work. */
  stop(): Promise<void>
}

/** Looks once at the start and then at every full minute of the clock, never twice at the same time. */
export function startSchedule(deps: ScheduleDeps): Schedule {
  const stopping = new AbortController()
  let seen: string | undefined
  let takenUp = false

  async function look(now: number): Promise<void> {
    const version = await deps.dataVersion()
    if (!takenUp) await deps.takeUp(now)
    else if (version !== seen) await deps.barsArrived(now)
    else await deps.tick(now)
    // Only after it went well: a look that failed is made again.
    takenUp = true
    seen = version
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look(deps.clock()).catch(deps.onError)
      try {
        await deps.sleep(MINUTE_MS - (deps.clock() % MINUTE_MS), stopping.signal)
      } catch (error) {
        if (stopping.signal.aborted) return
        deps.onError(error)
      }
    }
  }

  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
