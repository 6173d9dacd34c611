import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../core/errors.ts'
import { isCode, isRunning } from './processes.ts'

/** What is done under a lock takes milliseconds: one this old was left by a process that is gone, whatever its number says. */
const STALE_MS = 30_000
/** A lock of a process that does not run here may be another machine's, whose processes cannot be seen. */
const UNSEEN_MS = 2_000
const WAIT_MS = 5
const PATIENCE_MS = 20_000

let locks = 0

/** Takes away a lock whose holder is gone; of several that try the rename lets one. */
async function breakStale(path: string, aside: string): Promise<void> {
  const info = await stat(path).catch(() => undefined)
  if (!info) return
  const age = Date.now() - info.mtimeMs
  const holder = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10)
  if (age < UNSEEN_MS || (age < STALE_MS && isRunning(holder))) return
  try {
    await rename(path, aside)
    // Another may have broken it first, and this was already the next holder's: it goes back.
    if ((await stat(aside)).ino !== info.ino) await link(aside, path)
  } catch (error) {
    if (!isCode(error, 'ENOENT', 'EEXIST')) throw error
  }
  await rm(aside, { force: true })
}

/** Does the work while no other process (and no other work of this one) holds the lock file; throws `conflict` after 20 s. */
export async function withFileLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const own = `${path}-${process.pid}-${locks++}`
  const until = Date.now() + PATIENCE_MS
  await writeFile(own, String(process.pid))
  try {
    for (;;) {
      try {
        // Linked into place, the lock has its holder's number and the time from the first moment.
        const now = new Date()
        await utimes(own, now, now)
        await link(own, path)
        break
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error
      }
      if (Date.now() > until) throw new AppError('conflict', `${path} is held by another process. Try again.`)
      await breakStale(path, `${own}-stale`)
      await delay(WAIT_MS * (1 + Math.random()))
    }
    try {
      return await work()
    } finally {
      await rm(path, { force: true })
    }
  } finally {
    await rm(own, { force: true })
  }
}
