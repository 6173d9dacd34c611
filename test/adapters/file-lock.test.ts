import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withFileLock } from '../../lib/adapters/local/file-lock.ts'

let root: string
let path: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'saywhen-lock-'))
  path = join(root, 'lock')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000)

test('one at a time is at work, and nothing is left behind', async () => {
  let inside = 0
  let most = 0
  await Promise.all(
    Array.from({ length: 8 }, () =>
      withFileLock(path, async () => {
        most = Math.max(most, ++inside)
        await new Promise((resolve) => setTimeout(resolve, 3))
        inside--
      }),
    ),
  )
  expect(most).toBe(1)
  expect(await readdir(root)).toEqual([])
})

test('work that fails lets go of the lock', async () => {
  await expect(withFileLock(path, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await withFileLock(path, async () => 'next')).toBe('next')
})

test('the lock of a process that was killed is broken', async () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  await writeFile(path, String(gone))
  await utimes(path, secondsAgo(3), secondsAgo(3))
  expect(await Promise.all([1, 2, 3].map((i) => withFileLock(path, async () => i)))).toEqual([1, 2, 3])
  expect(await readdir(root)).toEqual([])
})

test('the lock of a running process is waited for', async () => {
  await writeFile(path, String(process.pid))
  await utimes(path, secondsAgo(3), secondsAgo(3))
  let released = false
  const work = withFileLock(path, async () => released)
  await new Promise((resolve) => setTimeout(resolve, 60))
  released = true
  await rm(path)
  expect(await work).toBe(true)
})

test('a lock older than any work is broken, whatever process has its number now', async () => {
  await writeFile(path, String(process.pid))
  await utimes(path, secondsAgo(40), secondsAgo(40))
  expect(await withFileLock(path, async () => 'done')).toBe('done')
})
