import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../core/clock.ts'

/**
 * Files of a bounded directory that several processes may share. Nothing in it is relied on: a file may be gone, or hold anything,
 * at any moment, and whoever reads one checks what it holds.
 */
export interface DiskCache {
  /** What lies under the name, or undefined. */
  get(name: string): Promise<Uint8Array | undefined>
  /** Keeps the bytes, dropping the least recently used first; throws when the disk refuses. */
  set(name: string, bytes: Uint8Array): Promise<void>
  delete(name: string): Promise<void>
}

/** A file that is being written has this ending; its writer is gone when it is older than a minute. */
const UNFINISHED = '.unfinished'
const ABANDONED_AFTER_MS = 60_000

/** A DiskCache in the directory, which is made when it is absent. Names are file names. */
export function diskCache(directory: string, limitBytes: number, clock: Clock): DiskCache {
  const use = (path: string) => utimes(path, clock() / 1_000, clock() / 1_000)

  // Bytes that may be written before the directory is looked at again: at most an eighth of it, since others write too.
  let room = 0

  /** Removes the least recently used files until so many bytes fit. */
  async function makeRoom(bytes: number): Promise<void> {
    const held: { path: string; bytes: number; usedMs: number }[] = []
    for (const name of await readdir(directory)) {
      const path = join(directory, name)
      const info = await stat(path).catch(() => undefined)
      if (info?.isFile()) held.push({ path, bytes: info.size, usedMs: info.mtimeMs })
    }
    held.sort((a, b) => a.usedMs - b.usedMs)
    let total = bytes + held.reduce((sum, file) => sum + file.bytes, 0)
    for (const { path, bytes: freed, usedMs } of held) {
      const unfinished = path.endsWith(UNFINISHED)
      const drop = unfinished ? clock() - usedMs > ABANDONED_AFTER_MS : total > limitBytes
      if (!drop) continue
      await rm(path, { force: true })
      total -= freed
    }
    room = bytes + Math.min(limitBytes - total, limitBytes / 8)
  }

  async function write(name: string, bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength > limitBytes) return
    await mkdir(directory, { recursive: true })
    if (bytes.byteLength > room) await makeRoom(bytes.byteLength)
    room -= bytes.byteLength
    const unfinished = join(directory, `${randomUUID()}${UNFINISHED}`)
    try {
      const file = await open(unfinished, 'wx')
      try {
        await file.writeFile(bytes)
      } finally {
        await file.close()
      }
      await rename(unfinished, join(directory, name))
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    }
  }

  // One after the other: writes at the same time would each find room for themselves.
  let last: Promise<void> = Promise.resolve()

  return {
    async get(name) {
      const path = join(directory, name)
      const bytes = await readFile(path).catch(() => undefined)
      // Dropped by another process since it was read.
      if (bytes) await use(path).catch(() => {})
      return bytes
    },
    set(name, bytes) {
      const written = last.then(() => write(name, bytes))
      last = written.catch(() => {})
      return written
    },
    delete: (name) => rm(join(directory, name), { force: true }),
  }
}
