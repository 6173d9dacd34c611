import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { MemoryStore } from '../market/memory-store.ts'
import { objectStoreContract } from './object-store-contract.ts'

const roots: string[] = []

async function freshRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'saywhen-directory-'))
  roots.push(root)
  return root
}

afterAll(async () => {
  for (const root of roots) await rm(root, { recursive: true, force: true })
})

objectStoreContract('a directory', async () => openDirectory(await freshRoot()))
objectStoreContract('the memory store of tests', async () => new MemoryStore())

describe('a directory', () => {
  test.each(['', '/etc/passwd', '../x', 'a/../../x', 'a//b', './a', 'a/.', 'a\\b', 'a\0b', '.unfinished/x', 'C:/x'])(
    'refuses the key %j',
    async (key) => {
      const store = await openDirectory(await freshRoot())
      const content = new Uint8Array(1)
      await expect(store.put(key, content)).rejects.toThrow('is no object key')
      await expect(store.get(key)).rejects.toThrow('is no object key')
      await expect(store.delete(key)).rejects.toThrow('is no object key')
    },
  )

  test('says that an object cannot also be a folder', async () => {
    const store = await openDirectory(await freshRoot())
    await store.put('a', new Uint8Array(1))
    await expect(store.put('a/b', new Uint8Array(1))).rejects.toMatchObject({ code: 'conflict' })
    await store.put('c/d', new Uint8Array(1))
    await expect(store.put('c', new Uint8Array(1))).rejects.toMatchObject({ code: 'conflict' })
    expect(await store.list('')).toEqual(['a', 'c/d'])
  })

  test('leaves nothing unfinished behind', async () => {
    const root = await freshRoot()
    const store = await openDirectory(root)
    await store.put('x', new Uint8Array(10))
    await store.putIfAbsent('x', new Uint8Array(10))
    expect(await readdir(join(root, '.unfinished'))).toEqual([])
  })

  test('what a killed process left unfinished is not listed, and collected at a later opening', async () => {
    const root = await freshRoot()
    await openDirectory(root)
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    const left = join(root, '.unfinished', `${gone}-abc-0`)
    const running = join(root, '.unfinished', `${process.pid}-abc-0`)
    for (const path of [left, running]) {
      await writeFile(path, 'half an obj')
      await utimes(path, 1, 1)
    }
    const store = await openDirectory(root)
    expect(await store.list('')).toEqual([])
    expect(await readdir(join(root, '.unfinished'))).toEqual([`${process.pid}-abc-0`])
  })

  test('a young unfinished file is left alone: its writer may be on another machine', async () => {
    const root = await freshRoot()
    await openDirectory(root)
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    await writeFile(join(root, '.unfinished', `${gone}-abc-0`), 'half an obj')
    await openDirectory(root)
    expect(await readdir(join(root, '.unfinished'))).toHaveLength(1)
  })
})
