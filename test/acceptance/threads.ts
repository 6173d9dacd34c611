import { localSource } from '../../functions/app.ts'
import type { ThreadData } from '../../functions/thread.ts'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { loadEngine } from '../../lib/adapters/local/quickjs-engine.ts'
import { threadCpuMs } from '../../lib/adapters/local/thread-cpu.ts'
import type { BacktestDeps } from '../../lib/backtest/backtest.ts'
import { readCatalog } from '../../lib/market/store.ts'
import type { Limits } from '../../lib/sandbox/sandbox.ts'
import { createThreads } from '../../lib/sandbox/threads.ts'
import type { EntryPoint, Strategy } from '../../lib/strategy/strategy.ts'
import { strategyHash } from '../../lib/strategy/strategy.ts'
import { thread } from './home.ts'

/** What a backtest needs, on real threads of a home that holds bars, with clocks that stand still. */
export async function openThreads(
  home: string,
  { size = 1, limits }: { size?: number; limits?: Partial<Limits> } = {},
): Promise<{ deps: BacktestDeps; close: () => Promise<void> }> {
  const data: ThreadData = { home, engine: await loadEngine(new URL('./engine.bin', thread)), limits }
  const threads = createThreads({ url: thread, size, data, spare: true, cpuMs: threadCpuMs })
  const objects = await openDirectory(home)
  const deps: BacktestDeps = {
    engine: { size, run: ({ name }, input) => threads.run({ name, input }, { silentMs: 30_000 }) },
    source: await localSource(home),
    catalog: () => readCatalog(objects, '1d'),
    dataVersion: async () => 'test',
    clock: () => 0,
    cpuMs: () => 0,
  }
  return { deps, close: () => threads.close() }
}

export const progress = { planned: async () => {}, chunkDone: async () => {} }

/** A strategy of code that nobody has looked at. */
export function unproven(code: string, entryPoints: EntryPoint[], series: string[]): Strategy {
  return {
    strategy_id: 1,
    version: 1,
    name: 'unproven',
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
