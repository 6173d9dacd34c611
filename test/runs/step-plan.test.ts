import { expect, it } from 'vitest'
import { samePlan } from '../../lib/runs/step-plan.ts'
import { MemoryStore } from '../market/memory-store.ts'

// Functions that are deployed while a run is at work may plan its steps otherwise: answers of one plan are never read as those of another.

const jobs = (symbols: string[][], rank = [1, Number.NaN]) =>
  symbols.map((each) => ({
    job: 'chunk',
    input: { symbols: each, columns: new Map([['rank', Float64Array.from(rank)]]), limit: Number.POSITIVE_INFINITY },
  }))

it('is the same for every attempt that asks the same', async () => {
  const results = new MemoryStore()
  await Promise.all([1, 2, 3].map(() => samePlan(results, 'run', 1, jobs([['A'], ['B', 'C']]))))
  await samePlan(results, 'run', 2, jobs([['A', 'B', 'C']]))
  expect(results.writes).toEqual(['results/run/1/plan', 'results/run/2/plan'])
})

it.each([
  ['other parts', jobs([['A', 'B'], ['C']])],
  ['more parts', jobs([['A'], ['B'], ['C']])],
  ['other numbers', jobs([['A'], ['B', 'C']], [2, Number.NaN])],
  ['a number where there was none', jobs([['A'], ['B', 'C']], [1, 0])],
  ['another job', jobs([['A'], ['B', 'C']]).map(({ input }) => ({ job: 'columns', input }))],
])('is a conflict with %s', async (_, other) => {
  const results = new MemoryStore()
  await samePlan(results, 'run', 1, jobs([['A'], ['B', 'C']]))
  await expect(samePlan(results, 'run', 1, other)).rejects.toMatchObject({ code: 'conflict' })
})
