/**
 * Hostile strategies against the real threads, with the validator in front and without it. SAYWHEN_HOSTILE names a file of
 * further cases: { "cases": [{ "id", "expect", "code" }] }.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { localImports, localSource } from '../../functions/app.ts'
import type { ThreadData } from '../../functions/thread.ts'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { loadEngine } from '../../lib/adapters/local/quickjs-engine.ts'
import { threadCpuMs } from '../../lib/adapters/local/thread-cpu.ts'
import { backtest } from '../../lib/backtest/backtest.ts'
import type { Engine } from '../../lib/core/engine.ts'
import { AppError } from '../../lib/core/errors.ts'
import { inspectJob } from '../../lib/generate/inspect.ts'
import { readCatalog } from '../../lib/market/store.ts'
import { createThreads, type Threads } from '../../lib/sandbox/threads.ts'
import type { EntryPoint, Strategy } from '../../lib/strategy/strategy.ts'
import { strategyHash } from '../../lib/strategy/strategy.ts'
import { validateCode } from '../../lib/strategy/validate.ts'
import { shared, withShared } from '../shared.ts'
import { newHome, thread } from './home.ts'

interface Case {
  id: string
  expect: string
  code: string
}

/** How a run ended: a limit or an error that failed it, or its signals, bars on which the code threw, and what was said of them. */
interface End {
  failed?: { code: string; kind?: string; message: string }
  signals?: number
  scores?: unknown[]
  bars?: number
  errors?: number
  warnings?: string
}

const LIMITS = { cpuMs: 2_000, wallMs: 4_000 }
const MOST_RSS = 200 * 2 ** 20
const HONEST = 'export function classifySymbol(symbol) { return close.ago(0) > 1.01 * close.ago(1) }'

const threw = ({ failed, errors = 0, warnings = '' }: End): boolean =>
  failed?.code === 'guest_error' || (errors > 0 && /threw an error on \d+ bars.*: ./.test(warnings))

/** What each expectation looks like after a run without the validator. */
const ENDS: Record<string, (end: End) => boolean> = {
  stop: ({ failed }) => failed?.code === 'limit' && failed.kind === 'timeout',
  memory: ({ failed }) => failed?.code === 'limit' && failed.kind === 'memory',
  error: threw,
  'counted-error': (end) => threw(end) && (end.failed !== undefined || end.errors === end.bars),
  // Whatever it is, it is an honest answer: nothing fired, or the run said why not.
  contained: (end) => end.signals === 0 || threw(end),
  reject: (end) => end.signals === 0 || threw(end),
  'contained-false': ({ signals, errors }) => signals === 0 && errors === 0,
  'reject-or-isolate': ({ signals }) => signals === 0,
  'reject-or-error': (end) => threw(end) && (end.failed !== undefined || end.errors === end.bars),
  'error-or-null-score': (end) => threw(end) || end.scores?.every((score) => score === null) === true,
}

const more = process.env.SAYWHEN_HOSTILE
const files = more === undefined ? [] : [more]

withShared('hostile strategies', () => {
  const cases: Case[] = [shared('hostile/cases.json'), ...files].flatMap(
    (file) => JSON.parse(readFileSync(file, 'utf8')).cases,
  )
  const { home, remove } = newHome()
  let threads: Threads
  let deps: Parameters<typeof backtest>[0]
  let usual: string

  beforeAll(async () => {
    await localImports(home).simulateBars({})
    const data: ThreadData = { home, engine: await loadEngine(new URL('./engine.bin', thread)), limits: LIMITS }
    threads = createThreads({ url: thread, size: 1, data, spare: true, cpuMs: threadCpuMs })
    const engine: Engine = {
      size: 1,
      run: ({ name }, input) => threads.run({ name, input }, { silentMs: 30_000 }),
    }
    const objects = await openDirectory(home)
    deps = {
      engine,
      source: await localSource(home),
      catalog: () => readCatalog(objects, '1d'),
      dataVersion: async () => 'test',
      clock: () => 0,
      cpuMs: () => 0,
    }
    usual = JSON.stringify(await run(HONEST))
    expect(usual).toMatch(/"signals":[1-9]/)
  })
  afterAll(async () => {
    await threads.close()
    remove()
  })

  /** A backtest of code that nobody has looked at. */
  async function run(code: string): Promise<End> {
    try {
      const found = await deps.engine.run(inspectJob, { code })
      if ('error' in found) {
        const { kind, message } = found.error
        return { failed: { code: kind === 'guest' ? 'guest_error' : 'limit', kind, message } }
      }
      const { entryPoints, series } = found
      const result = await backtest(deps, unproven(code, entryPoints, series), {
        symbols: ['ALD', 'ARM', 'BRI'],
        chunks: 1,
        progress: { planned: async () => {}, chunkDone: async () => {} },
      })
      const { instances, receipt, warnings } = result as {
        instances: { score: unknown }[]
        receipt: { coverage: { bars_got: number; guest_errors: number } }
        warnings: string[]
      }
      return {
        signals: instances.length,
        scores: instances.map(({ score }) => score),
        bars: receipt.coverage.bars_got,
        errors: receipt.coverage.guest_errors,
        warnings: warnings.filter((line) => line.includes('threw')).join(),
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { code: reason, message, details } = error
      return { failed: { code: reason, kind: (details as { kind?: string } | undefined)?.kind, message } }
    }
  }

  /** Runs it while watching how much memory the process takes beyond what it had. */
  async function watched(code: string): Promise<{ end: End; growth: number }> {
    const before = process.memoryUsage.rss()
    let most = before
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss())
    }, 5)
    const end = await run(code)
    clearInterval(timer)
    return { end, growth: most - before }
  }

  it.each(cases.map((each) => [each.id, each] as const))('%s', async (_, { expect: wanted, code }) => {
    const checked = await validateCode(code)
    if (wanted === 'reject') {
      expect('findings' in checked && checked.findings[0]).toEqual({
        line: expect.any(Number),
        column: expect.any(Number),
        reason: expect.any(String),
      })
    }
    const { end, growth } = await watched(code)
    expect(ENDS[wanted], `an expectation that has no test: ${wanted}`).toBeDefined()
    expect(ENDS[wanted](end), JSON.stringify(end)).toBe(true)
    expect((end.failed?.message ?? end.warnings ?? '').length).toBeLessThan(2_500)
    expect(growth).toBeLessThan(MOST_RSS)
    expect(JSON.stringify(await run(HONEST))).toBe(usual)
  })
})

function unproven(code: string, entryPoints: EntryPoint[], series: string[]): Strategy {
  return {
    strategy_id: 1,
    version: 1,
    name: 'hostile',
    prompt: null,
    rule: null,
    code,
    entry_points: entryPoints,
    series,
    history_days: 30,
    assumptions: [],
    warnings: [],
    proof: {
      verdict: 'not proven',
      reason: 'Nobody has looked at it.',
      window: null,
      symbols: 0,
      cells: 0,
      true_cells: 0,
      sampled: false,
      constructed_cells: 0,
      constructed_true: 0,
      ties: 0,
      isolated_cells: 0,
      guest_errors: 0,
      differences: 0,
      first_differences: [],
    },
    hash: strategyHash(null, code),
    created_at: '2026-01-01T00:00:00.000Z',
  }
}
