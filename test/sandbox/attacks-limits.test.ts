import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createThreads, type Threads } from '../../lib/sandbox/threads.ts'
import { withGuest } from './run-guest.ts'
import { smallSymbol } from './small-symbol.ts'
import { buildTestWorker } from './test-worker.ts'
import type { HostileJob } from './worker.ts'

// Code that tries to break the engine, to outlive its limits, or to make their outcome a matter of what ran before.

const judging = (body: string) => `export function classifySymbol(symbol) { ${body}; return true }`
const ITERATOR = 'Object.getOwnPropertySymbols(Array.prototype)[0]'
const nested = (open: string, close: string, times: number) => `${open.repeat(times)}1${close.repeat(times)}`

describe('the engine survives', () => {
  let url: URL
  let threads: Threads
  const run = (code: string, wallMs = 10_000) =>
    threads.run<HostileJob, { answer?: { verdict?: number[] }; error?: unknown }>(
      { kind: 'classify', code, limits: { cpuMs: 250, wallMs: 500 } },
      { wallMs, silentMs: wallMs },
    )
  const honest = async () =>
    (await run('export function classifySymbol() { return close.ago(0) > 14 }')).answer?.verdict?.join('')

  beforeAll(async () => {
    url = await buildTestWorker('attacks')
    threads = createThreads({ url, size: 1, spare: true })
  })
  afterAll(async () => {
    await threads.close()
    rmSync(url)
  })

  it.each([
    ['powers of large integers', 'let a = 3n; for (let i = 0; i < 30; i++) a = a * a'],
    [
      'a sort that shortens its array',
      'const a = Array.from({ length: 1e5 }, (_, i) => i); a.sort(() => { a.length = 0; return -1 })',
    ],
    ['a deep regular expression', 'new RegExp("(?:".repeat(20000) + ")".repeat(20000))'],
    ['deep lookbehinds', 'new RegExp("(?<=".repeat(3000) + ")".repeat(3000)).test("a")'],
    ['repetitions of repetitions', '/(?:(?:a{0,65535}){0,65535}){0,65535}b/.test("a".repeat(40))'],
    ['a deep array made flat', 'let x = []; for (let i = 0; i < 1e5; i++) x = [x]; x.flat(Infinity)'],
    ['a deep array given up', 'let x = []; for (let i = 0; i < 5e5; i++) x = [x]; x = null'],
    [
      'a chain of closures given up',
      'let f = null; for (let i = 0; i < 1e5; i++) { const g = f; f = () => g } f = null',
    ],
    ['a chain of bound functions', 'let f = () => 1; for (let i = 0; i < 1e5; i++) f = f.bind(null); f()'],
    ['a chain of iterators', 'let it = [1].values(); for (let i = 0; i < 1e5; i++) it = it.map((x) => x); it.next()'],
    ['a chain of prototypes', 'let o = {}; for (let i = 0; i < 1e5; i++) o = Object.create(o); for (const k in o) {}'],
    ['a deep object as JSON', 'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o)'],
    [
      'a generator that goes on after its end',
      'function* g() { try { yield 1 } finally { for (;;); } } for (const x of g()) break',
    ],
    [
      'an iterator whose end never ends',
      `for (const x of { [${ITERATOR}]: () => ({ next: () => ({}), return() { for (;;); } }) }) break`,
    ],
    [
      'memory asked for again and again',
      'for (;;) { try { const a = []; for (;;) a.push(new Float64Array(1e6)) } catch {} }',
    ],
    [
      'a spin where memory ran out',
      'try { const a = []; for (;;) a.push("x".repeat(1e6) + a.length) } finally { for (;;); }',
    ],
    ['a stack run over from within its catch', 'function f() { try { f() } catch { f() } } f()'],
    ['steps that each take long', 'for (;;) "x".repeat(2e7)'],
    ['a name that never ends being read', 'throw Object.defineProperty(new Error(), "name", { get() { for (;;); } })'],
    ['a verdict that never ends being read', `return { signal: true, data: { get x() { for (;;); } } }`],
    ['deep parentheses', `return ${nested('(', ')', 8000)}`],
    ['deep arrays', `return ${nested('[', ']', 3000)}`],
    ['deep templates', `return ${nested('`${', '}`', 1500)}`],
    ['deep functions', `return ${nested('(() => ', ')', 1500)}`],
    ['deep blocks', '{'.repeat(5000) + '}'.repeat(5000)],
    ['a long sum', `return ${'1+'.repeat(40_000)}1`],
    ['many arguments', `Math.max(${'1,'.repeat(70_000)}1)`],
    ['a buffer made larger', 'const b = new Float64Array(4).buffer; b.transfer?.(2 ** 30); b.resize?.(2 ** 30)'],
  ])('%s', async (_, body) => {
    // However it ended: the next strategy gets its usual answer.
    await run(judging(body)).catch((error) => expect(error).toMatchObject({ code: 'limit' }))
    expect(await honest()).toBe('0000011111')
  })

  const doubling = (level: (name: string) => string, use: string) =>
    `const a0 = 1\n${Array.from({ length: 15 }, (_, i) => `const a${i + 1} = ${level(`a${i}`)}`).join('\n')}\n${judging(use)}`
  it.each([
    ['arrays of one array many times over', doubling((name) => `[${Array(9).fill(name).join()}]`, '')],
    [
      'numbers of one number many times over',
      doubling((name) => `Math.max(${Array(9).fill(name).join()})`, 'isAbove(a15, 1)'),
    ],
  ])(
    'and reads before it runs: %s',
    async (_, code) => {
      expect(code.length).toBeLessThan(1000)
      await expect(run(code, 3000)).resolves.toHaveProperty('answer')
    },
    10_000,
  )
})

describe('an evaluation ends the same as the first and as a later one of its session', () => {
  /** The first symbol of the session that ended otherwise than done, or -1. */
  const firstFailure = (code: string, length = 10) =>
    withGuest(
      code,
      (session) => {
        for (let i = 0; i < 30; i++) {
          const fields = ['open', 'high', 'low', 'close', 'volume'] as const
          const bars = Object.fromEntries(fields.map((field) => [field, new Float64Array(length)]))
          const time = Float64Array.from({ length }, (_, day) => day * 86_400_000)
          const symbol = `S${i}`
          session.load(smallSymbol(symbol, { ...bars, time }))
          if (session.classify({ symbol, entry: 'classifySymbol', from: 0, to: 10 }).kind !== 'done') return i
        }
        return -1
      },
      [],
      { cpuMs: 10_000 },
    )

  it.each([
    ['gives its memory back', judging('new Float64Array(1e6).fill(1)')],
    ['makes many names', judging('const o = {}; for (let i = 0; i < 2000; i++) o[symbol + i] = 1')],
    ['rejects promises', judging('(async () => { throw new Float64Array(1e5) })()')],
  ])('where the code %s', async (_, code) => {
    expect(await firstFailure(code)).toBe(-1)
  })

  it.each([
    ['leaves rings of objects behind', judging('const ring = [new Float64Array(1e5)]; ring.push(ring)')],
    [
      'calls itself in a closure',
      judging('const held = new Float64Array(1e5); const down = (n) => (n > 0 ? down(n - 1) : held[0]); down(3)'),
    ],
    [
      'leaves promises that wait',
      judging('const held = new Float64Array(1e5); (async () => { await 1; return held })()'),
    ],
  ])('where the code %s', async (_, code) => {
    expect(await firstFailure(code)).toBe(-1)
  })

  it('where it needs most of the memory, whatever bars were handed over before', async () => {
    expect(await firstFailure(judging('new Float64Array(13e6).fill(1)'), 60_000)).toBe(-1)
  })
})
