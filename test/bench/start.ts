import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { ThreadData } from '../../functions/thread.ts'
import { loadEngine } from '../../lib/adapters/local/quickjs-engine.ts'
import { threadCpuMs } from '../../lib/adapters/local/thread-cpu.ts'
import { inspectJob } from '../../lib/generate/inspect.ts'
import { createThreads } from '../../lib/sandbox/threads.ts'

type Row = [what: string, figure: string, note: string]

/** What it costs to start: a process up to its first verdict, and a thread in place of one that was ended. */
export async function startRows(home: string, thread: URL): Promise<Row[]> {
  const snapshot = new URL('./engine.bin', thread)
  const outfile = fileURLToPath(new URL('../../node_modules/.cache/first-verdict.mjs', import.meta.url))
  await build({
    entryPoints: [fileURLToPath(new URL('first-verdict.ts', import.meta.url))],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    external: ['@jitl/*'],
    outfile,
    logLevel: 'error',
  })
  const timed = (...given: string[]) =>
    Array.from({ length: 9 }, () => {
      const start = performance.now()
      const { status, stdout, stderr } = spawnSync(process.execPath, given)
      if (status !== 0) throw new Error(String(stderr))
      return { ms: performance.now() - start, told: Number(stdout) }
    })
  const fastest = (runs: { ms: number }[]) => Math.min(...runs.map(({ ms }) => ms))
  const node = fastest(timed('-e', '0'))
  const runs = timed(outfile, snapshot.href)
  const first = fastest(runs)
  const loads = runs.map(({ told }) => told).sort((a, b) => a - b)
  const rows: Row[] = [
    [
      'engine load (compile, instance, snapshot), 9 fresh processes',
      `${loads[4].toFixed(0)} ms`,
      `median, slowest ${loads[8].toFixed(0)} ms`,
    ],
    [
      'process start to first verdict, beyond Node itself',
      `${(first - node).toFixed(0)} ms`,
      `Node ${node.toFixed(0)} ms`,
    ],
  ]

  const data: ThreadData = { home, engine: await loadEngine(snapshot), limits: { cpuMs: 300 } }
  const threads = createThreads({ url: thread, size: 1, data, spare: true, cpuMs: threadCpuMs })
  const run = (code: string) => threads.run({ name: inspectJob.name, input: { code } }, { silentMs: 30_000 })
  const honest = 'export function classifySymbol() { return true }'
  await run(honest)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const started = performance.now()
  const spinning = run(`${honest}\nnew Array(2 ** 32 - 2).join('')`)
  await spinning.catch(() => {})
  const ended = performance.now()
  await run(honest)
  rows.push(
    ['a native loop at module level, limit 300 ms: ended after', `${(ended - started).toFixed(0)} ms`, ''],
    ['the next strategy on the spare thread', `${(performance.now() - ended).toFixed(0)} ms`, ''],
  )
  await threads.close()
  return rows
}
