import { readFileSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AppError } from '../../lib/core/errors.ts'
import { createThreads, type Threads } from '../../lib/sandbox/threads.ts'
import { validateCode } from '../../lib/strategy/validate.ts'
import { shared, withShared } from '../shared.ts'
import { buildTestWorker } from './test-worker.ts'
import type { HostileJob } from './worker.ts'

interface Case {
  id: string
  expect: string
  code: string
}

/** Native loops that the engine's own clock never sees: only the wall deadline ends them. */
const NATIVE = new Set([
  'indexof-2pow53',
  'join-holes',
  'typed-indexof-loop',
  'lastindexof-adversarial',
  'array-1e9-to-string',
])
/** What each expectation looks like after a run without the validator. */
const OUTCOMES: Record<string, RegExp> = {
  stop: /^(timeout|deadline)$/,
  memory: /^memory$/,
  error: /^done 3333333333 (stack|output|guest)$/,
  contained: /^done 3+ guest$/,
  'contained-false': /^done 0000000000$/,
  reject: /^(done [03]+( guest)?|opening guest)$/,
  'reject-or-isolate': /^done 0000001000$/,
  'reject-or-error': /^done 3333333333 guest$/,
  'counted-error': /^done 3333333333 guest$/,
  'error-or-null-score': /^done 1111111111$/,
}

withShared('hostile strategies', () => {
  const { cases }: { cases: Case[] } = JSON.parse(readFileSync(shared('hostile/cases.json'), 'utf8'))
  let threads: Threads
  let url: URL

  beforeAll(async () => {
    url = await buildTestWorker('hostile')
    threads = createThreads({ url, size: 1, spare: true })
  })
  afterAll(async () => {
    await threads.close()
    rmSync(url)
  })

  async function outcome({ id, code, expect: wanted }: Case): Promise<{ text: string; rss: number }> {
    const cpuMs = wanted === 'memory' ? 30_000 : 500
    const job: HostileJob = { kind: 'classify', code, limits: { cpuMs } }
    try {
      // biome-ignore lint/suspicious/noExplicitAny: the worker's answer is read by its fields
      const result = await threads.run<HostileJob, any>(job, { wallMs: NATIVE.has(id) ? 1500 : 30_000 })
      if (result.error !== undefined) return { text: `opening ${result.error.kind}`, rss: 0 }
      const { answer, rss } = result
      if (answer.kind === 'failed') return { text: answer.error.kind, rss }
      const [first] = answer.errors
      return { text: `done ${answer.verdict.join('')}${first === undefined ? '' : ` ${first.error.kind}`}`, rss }
    } catch (error) {
      expect((error as AppError).code).toBe('limit')
      return { text: 'deadline', rss: 0 }
    }
  }

  it.each(cases.map((each) => [each.id, each] as const))(
    '%s ends as it must, and the next strategy runs normally',
    async (_, each) => {
      const checked = await validateCode(each.code)
      if (each.expect === 'reject') {
        expect('findings' in checked && checked.findings[0]).toEqual({
          line: expect.any(Number),
          column: expect.any(Number),
          reason: expect.any(String),
        })
      }
      // Without the validator in front, whatever it says.
      const { text, rss } = await outcome(each)
      expect(text).toMatch(OUTCOMES[each.expect])
      // 128 MB for the guest, beside what the process is without it.
      expect(rss).toBeLessThan(600 * 2 ** 20)
      const next = await outcome({
        id: 'next',
        expect: '',
        code: 'export function classifySymbol() { return close.ago(0) > 14 }',
      })
      expect(next.text).toBe('done 0000011111')
    },
  )
})
