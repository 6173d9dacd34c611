import { expect, test } from 'vitest'
import { importBars } from '../../lib/market/import.ts'
import { checkBars, listBars } from '../../lib/market/inspect.ts'
import { MemoryStore } from './memory-store.ts'
import { csv, directoryOf, HEADER } from './worlds.ts'

async function world(): Promise<MemoryStore> {
  const store = new MemoryStore()
  const gappy = csv('AAA.csv', '2019-12-27,1,1,1,1,100', '2019-12-31,1,1,1,1,0', '2020-01-02,1.5,1.5,1.5,1.5,100')
  const split = csv('BBB.csv', `${HEADER},split`, '2019-12-31,10,10,10,10,100,1', '2020-01-02,2,2,2,2,500,5')
  await importBars(store, directoryOf(gappy, split))
  return store
}

test('the list says what is stored of each symbol', async () => {
  expect(await listBars(await world())).toMatchObject({
    simulated: false,
    rows: 5,
    span: ['2019-12-27', '2020-01-02'],
    symbols: [
      { symbol: 'AAA', rows: 3, first: '2019-12-27', last: '2020-01-02', splits: 0 },
      { symbol: 'BBB', rows: 2, first: '2019-12-31', last: '2020-01-02', splits: 1 },
    ],
  })
})

test('the check finds missing sessions, zero volume and jumps no split explains', async () => {
  const check = await checkBars(await world())
  expect(check).toMatchObject({ ok: true, rows: 5, missingSessions: 1, zeroVolume: 1, jumps: 1 })
  expect(check.symbols[0]).toMatchObject({
    symbol: 'AAA',
    missing: ['2019-12-30'],
    jumps: [{ day: '2020-01-02', ratio: 1.5 }],
  })
  expect(check.symbols[1]).toMatchObject({ symbol: 'BBB', missing: [], jumps: [] })
})

test('the check finds an object that was changed or lost', async () => {
  const store = await world()
  const [changed, lost] = [...store.held.keys()].filter((key) => key.endsWith('.arrow')).sort()
  store.held.get(changed)![64] ^= 1
  store.held.delete(lost)
  const check = await checkBars(store)
  expect(check.ok).toBe(false)
  expect(check.damaged.map(({ key }) => key)).toEqual([changed, lost])
})

test('without bars both say what to do', async () => {
  await expect(listBars(new MemoryStore())).rejects.toMatchObject({ code: 'no_data' })
  await expect(checkBars(new MemoryStore())).rejects.toThrow('bars import PATH')
})
