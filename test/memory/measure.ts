import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What the process of many-runs.ts holds after so many runs. */
export interface Step {
  runs: number
  /** resident bytes of the whole process */
  rss: number
  /** bytes of all heaps with their array buffers and WebAssembly memories; null where garbage was not collected before */
  live: number | null
  /** CPU time per run since the step before, all threads together */
  cpuMs: number
}

export interface MeasureOptions {
  runs: number
  /** runs between two readings */
  step: number
  /**
   * All garbage is collected before each reading, and what makes resident memory wander without a leak is switched off: large
   * young generations, optimized code, an arena of the allocator for each thread. A leak is then seen after few runs.
   */
  collected?: boolean
  onStep?: (step: Step) => void
}

const STEADY = ['--expose-gc', '--max-semi-space-size=1', '--no-opt']
/** Large blocks go back to the system at once, small ones come from one arena. Read by glibc, ignored elsewhere. */
const ONE_ARENA = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '16384', MALLOC_TRIM_THRESHOLD_: '65536' }

/** Makes runs in a process of its own, outside of any test runner, and reads its memory after every step. */
export async function measureRuns({ runs, step, collected = false, onStep }: MeasureOptions): Promise<Step[]> {
  const programs = await built()
  const flags = collected ? [...STEADY, '--import', join(programs, 'heaps.mjs')] : []
  const home = mkdtempSync(join(tmpdir(), 'saywhen-memory-'))
  const start = (count: number) => {
    const words = [home, local('../../dist/thread.mjs').href, String(count), String(step)]
    const child = spawn(
      process.execPath,
      [...flags, join(programs, 'many-runs.mjs'), ...words, ...(collected ? ['collected'] : [])],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '', ...(collected && ONE_ARENA) } },
    )
    return { child, ended: new Promise<number | null>((resolve) => child.once('exit', resolve)) }
  }
  try {
    // Strategies are made and proven in a process before: what that leaves free would hide what runs keep.
    await start(0).ended
    const { child, ended } = start(runs)
    const steps: Step[] = []
    for await (const line of createInterface(child.stdout)) {
      const told: Step = JSON.parse(line)
      steps.push(told)
      onStep?.(told)
    }
    const code = await ended
    if (code !== 0) throw new Error(`The process ended with ${code} after ${steps.length} readings.`)
    return steps
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const local = (path: string) => new URL(path, import.meta.url)

/** Bundles the measured process; the folder where its programs lie. */
async function built(): Promise<string> {
  const outdir = fileURLToPath(local('../../node_modules/.cache/memory'))
  await build({
    entryPoints: ['many-runs.ts', 'heaps.ts'].map((name) => fileURLToPath(local(name))),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    outdir,
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  })
  return outdir
}

/** Growth per run: the median of the slopes between all pairs of readings, which a single step up or down does not move. */
export function growthPerRun(steps: readonly Step[], read: (step: Step) => number): number {
  const slopes = steps.flatMap((from, i) =>
    steps.slice(i + 1).map((to) => (read(to) - read(from)) / (to.runs - from.runs)),
  )
  return median(slopes)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}
