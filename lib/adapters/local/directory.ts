import { constants } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { sha256 } from '../../core/hash.ts'
import type { ObjectStore } from '../../market/objects.ts'
import { withFileLock } from './file-lock.ts'
import { isCode, isRunning } from './processes.ts'

/** Unfinished writes live here, on the same file system, so that a rename is atomic; never listed. */
const UNFINISHED = '.unfinished'
const ABANDONED_AFTER_MS = 60_000

/** A key's segments; throws for anything that could leave the directory or hide in it. */
function segments(key: string): string[] {
  const parts = key.split('/')
  const safe = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0:]/.test(part))
  if (!safe || parts[0] === UNFINISHED || key.length > 900)
    throw new AppError(
      'internal',
      `"${key.slice(0, 80)}" is no object key: write relative, slash-separated names without "." and "..".`,
    )
  return parts
}

/** Removes unfinished files of processes that are gone; a running writer's file is left alone. */
async function collectAbandoned(directory: string, abandonedAfterMs: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    const info = await stat(path).catch(() => undefined)
    if (!info || Date.now() - info.mtimeMs < abandonedAfterMs || isRunning(Number.parseInt(name, 10))) continue
    await rm(path, { force: true })
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function walk(root: string, folder: string, keys: string[]): Promise<void> {
  let entries: import('node:fs').Dirent[]
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true })
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return
    throw error
  }
  for (const entry of entries) {
    const key = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (key === UNFINISHED) continue
    if (entry.isDirectory()) await walk(root, key, keys)
    else if (entry.isFile()) keys.push(key)
  }
}

/**
 * Objects as files under a directory. Every write goes to a temporary file, is synced and renamed (or linked) into place:
 * a process killed at any moment leaves the old or the new object. A key cannot also be the folder of another key.
 */
export async function openDirectory(root: string, abandonedAfterMs = ABANDONED_AFTER_MS): Promise<ObjectStore> {
  const unfinished = join(root, UNFINISHED)
  await mkdir(unfinished, { recursive: true })
  await collectAbandoned(unfinished, abandonedAfterMs)
  let writes = 0
  const made = new Set<string>()

  async function written(bytes: Uint8Array): Promise<string> {
    const path = join(unfinished, `${process.pid}-${Math.random().toString(36).slice(2)}-${writes++}`)
    const handle = await open(path, 'wx')
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } catch (error) {
      await rm(path, { force: true })
      throw error
    } finally {
      await handle.close()
    }
    return path
  }

  async function place(key: string, bytes: Uint8Array, move: (from: string, to: string) => Promise<void>) {
    const to = join(root, ...segments(key))
    const folder = dirname(to)
    if (!made.has(folder)) {
      try {
        await mkdir(folder, { recursive: true })
      } catch (error) {
        if (!isCode(error, 'EEXIST', 'ENOTDIR')) throw error
        throw new AppError('conflict', `"${key}" cannot be stored: a part of its path is an object itself.`)
      }
      made.add(folder)
    }
    const from = await written(bytes)
    try {
      await move(from, to)
      await syncDirectory(folder)
    } catch (error) {
      if (!isCode(error, 'EISDIR')) throw error
      throw new AppError('conflict', `"${key}" cannot be stored: other objects lie under that name.`)
    } finally {
      await rm(from, { force: true })
    }
  }

  return {
    async get(key) {
      const path = join(root, ...segments(key))
      try {
        return await readFile(path)
      } catch (error) {
        if (isCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined
        throw error
      }
    },

    async put(key, bytes) {
      await place(key, bytes, rename)
    },

    async putIfAbsent(key, bytes) {
      try {
        await place(key, bytes, link)
        return true
      } catch (error) {
        if (isCode(error, 'EEXIST')) return false
        throw error
      }
    },

    async replace(key, bytes, expected) {
      const path = join(root, ...segments(key))
      return withFileLock(join(unfinished, `lock-${sha256(key)}`), async () => {
        const held = await readFile(path).catch((error) => {
          if (isCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined
          throw error
        })
        if (!held?.equals(expected)) return false
        await place(key, bytes, rename)
        return true
      })
    },

    async delete(key) {
      const path = join(root, ...segments(key))
      try {
        await rm(path)
      } catch (error) {
        if (!isCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'ERR_FS_EISDIR')) throw error
      }
    },

    async list(prefix) {
      const keys: string[] = []
      const folder = prefix.slice(0, Math.max(prefix.lastIndexOf('/'), 0))
      if (folder !== '') segments(folder)
      await walk(root, folder, keys)
      return keys.filter((key) => key.startsWith(prefix)).sort()
    },
  }
}
