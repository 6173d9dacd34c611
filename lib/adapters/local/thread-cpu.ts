import { readFileSync, readlinkSync } from 'node:fs'

/** How the operating system names this thread, for threadCpuMs; undefined where it does not say. */
export function threadName(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self')
  } catch {
    return undefined
  }
}

/** CPU time a thread of this process has used, in ms; undefined where the operating system does not say. */
export function threadCpuMs(name = 'thread-self'): number | undefined {
  try {
    return Number.parseInt(readFileSync(`/proc/${name}/schedstat`, 'latin1'), 10) / 1e6
  } catch {
    return undefined
  }
}
