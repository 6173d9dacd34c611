/**
 * Hostile strategies against the real threads, with the validator in front and without it. SAYWHEN_HOSTILE names a file of
 * further cases: { "cases": [{ "id", "expect", "code" }] }.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { backtest } from '../../lib/backtest/backtest.ts'
import { AppError } from '../../lib/core/errors.ts'
import { inspectJob } from '../../lib/generate/inspect.ts'
import { validateCode } from '../../lib/strategy/validate.ts'
import { shared, withShared } from '../shared.ts'
import { newHome } from './home.ts'
import { openThreads, progress, unproven } from './threads.ts'

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
  const { home, imports, remove } = newHome()
  let close: () => Promise<void>
  let deps: Parameters<typeof backtest>[0]
  let usual: string

  beforeAll(async () => {
    await imports.simulateBars({})
    ;({ deps, close } = await openThreads(home, { limits: LIMITS }))
    usual = JSON.stringify(await run(HONEST))
    expect(usual).toMatch(/"signals":[1-9]/)
  })
  afterAll(async () => {
    await close()
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
        progress,
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
