import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createThreads, type Threads } from '../../lib/sandbox/threads.ts'
import { buildTestWorker } from './test-worker.ts'
import type { HostileJob } from './worker.ts'

describe('worker threads', () => {
  let url: URL
  let threads: Threads

  beforeAll(async () => {
    url = await buildTestWorker('threads')
    threads = createThreads({ url, size: 2 })
  })
  afterAll(async () => {
    await threads.close()
    rmSync(url)
  })

  const run = (job: HostileJob, wallMs = 20_000) => threads.run<HostileJob, unknown>(job, { wallMs, silentMs: wallMs })

  it('answer every job, more of them than there are threads', async () => {
    const answers = await Promise.all(Array.from({ length: 7 }, (_, i) => run({ kind: 'echo', value: { i } })))
    expect(answers).toEqual(Array.from({ length: 7 }, (_, i) => ({ i })))
  })

  it('end a job at its deadline while the others go on', async () => {
    const spinning = run({ kind: 'spin' }, 200)
    const others = Promise.all([1, 2, 3].map((value) => run({ kind: 'echo', value })))
    await expect(spinning).rejects.toMatchObject({ code: 'limit', details: { kind: 'timeout', wall_ms: 200 } })
    expect(await others).toEqual([1, 2, 3])
    expect(await run({ kind: 'echo', value: 'after' })).toBe('after')
  })

  it('say what a handler threw', async () => {
    await expect(run({ kind: 'throw' })).rejects.toMatchObject({ code: 'internal', message: 'the handler threw' })
  })

  it('survive a worker that dies', async () => {
    await expect(run({ kind: 'exit' })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/exit code 3/),
    })
    expect(await run({ kind: 'echo', value: 1 })).toBe(1)
  })

  it('pass progress on, and move buffers instead of copying them', async () => {
    const seen: unknown[] = []
    const answer = await threads.run(
      { kind: 'progress' },
      { silentMs: 20_000, onProgress: (progress) => seen.push(progress) },
    )
    expect([answer, seen]).toEqual(['done', [{ done: 1 }]])
    const buffer = new ArrayBuffer(8)
    await threads.run({ kind: 'echo', value: buffer }, { silentMs: 20_000, transfer: [buffer] })
    expect(buffer.byteLength).toBe(0)
  })

  it('refuse what cannot cross', async () => {
    await expect(run({ kind: 'echo', value: () => 1 })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/cannot be sent/),
    })
  })

  it('fail the jobs of an entry that does not load, and of a closed pool', async () => {
    const broken = createThreads({ url: new URL('data:text/javascript,throw new Error("no entry")'), size: 1 })
    await expect(broken.run({}, { silentMs: 5000 })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/no entry/),
    })
    const waiting = threadsOfOne(url)
    const spinning = waiting.run({ kind: 'spin' }, { silentMs: 60_000 })
    const queued = waiting.run({ kind: 'echo' }, { silentMs: 60_000 })
    const ends = Promise.allSettled([spinning, queued])
    await waiting.close()
    expect(await ends).toMatchObject([{ reason: { code: 'interrupted' } }, { reason: { code: 'interrupted' } }])
    await expect(waiting.run({}, { silentMs: 1 })).rejects.toMatchObject({ code: 'interrupted' })
    await broken.close()
  })
})

function threadsOfOne(url: URL): Threads {
  return createThreads({ url, size: 1 })
}
