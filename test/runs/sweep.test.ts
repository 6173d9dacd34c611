import { expect, it } from 'vitest'
import { cloneCodec } from '../../lib/adapters/local/codec.ts'
import type { AdvanceMessage } from '../../lib/runs/messages.ts'
import type { Run, RunStore } from '../../lib/runs/run.ts'
import { LOST_MS, STILL_MS, sweep } from '../../lib/runs/sweep.ts'
import { queuedRun } from '../adapters/run-store-contract.ts'
import { MemoryStore } from '../market/memory-store.ts'

// One run that cannot be looked after keeps nobody from the others.

it('looks after all others when one cannot be looked after, and fails by the name of that one', async () => {
  const now = Date.parse('2026-01-05T12:00:00Z')
  const run = (run_id: string, still: number): Run =>
    queuedRun({
      run_id,
      status: 'running',
      step: 1,
      chunks: 1,
      host: null,
      updated_at: new Date(now - still - 1).toISOString(),
    })
  class Broken extends MemoryStore {
    override async list(prefix: string) {
      if (prefix.includes('/broken/')) throw new Error('the listing of this one breaks')
      return super.list(prefix)
    }
  }
  const sent: AdvanceMessage[] = []
  const runs = {
    unfinished: async () => [run('broken', LOST_MS), run('lost', LOST_MS), run('still', STILL_MS)],
  } as Pick<RunStore, 'unfinished'> as RunStore
  const advance = () => ({
    send: async (messages: readonly AdvanceMessage[]) => {
      sent.push(...messages)
    },
  })
  const looking = sweep({ runs, results: new Broken(), codec: cloneCodec, advance, clock: () => now })
  await expect(looking).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('broken: the listing of this one breaks'),
  })
  expect(sent.map(({ run_id }) => run_id)).toEqual(['lost', 'still'])
})
