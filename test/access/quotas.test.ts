import { expect, test } from 'vitest'
import { dailyQuotas, type QuotaLimits, type QuotaPlace, type QuotaStore } from '../../lib/access/quotas.ts'

/** Counts in memory, and every day that was asked for. */
function memoryQuotas(): QuotaStore & { places: QuotaPlace[] } {
  const places: QuotaPlace[] = []
  const counted = new Map<string, Set<string>>()
  const charged = new Map<string, Map<string, number>>()
  const name = (place: QuotaPlace) => Object.values(place).join()
  const ids = (place: QuotaPlace) => {
    places.push(place)
    if (!counted.has(name(place))) counted.set(name(place), new Set())
    return counted.get(name(place))!
  }
  return {
    places,
    async reserve(place, id, most) {
      const all = ids(place)
      if (!all.has(id) && all.size >= most) return false
      all.add(id)
      return true
    },
    release: async (place, id) => ids(place).delete(id),
    charge: async (place, amount, id) =>
      void charged.set(name(place), (charged.get(name(place)) ?? new Map()).set(id, amount)),
    used: async (place) => ids(place).size + [...(charged.get(name(place))?.values() ?? [])].reduce((a, b) => a + b, 0),
  }
}

const at = (text: string) => Date.parse(text)
function open(limits: QuotaLimits, now = '2026-11-22T21:30:00Z') {
  const store = memoryQuotas()
  const clock = { now: at(now) }
  return { store, clock, quotas: dailyQuotas({ store, limits, clock: () => clock.now }) }
}

test('over the quota the error says what, how many, and when to come back: at the next UTC midnight', async () => {
  const { quotas } = open({ creations: 1 })
  await quotas.reserve('alice', 'creations', 'a')
  await expect(quotas.reserve('alice', 'creations', 'b')).rejects.toMatchObject({
    code: 'quota_exceeded',
    message: expect.stringMatching(/1 creations.*2 h 30 min/),
    details: { quota: 'creations', limit: 1, retry_after_seconds: 9_000 },
  })
})

test('the wait is at least a second', async () => {
  const { quotas } = open({ runs: 0 }, '2026-11-22T23:59:59.999Z')
  await expect(quotas.reserve('alice', 'runs', 'a')).rejects.toMatchObject({ details: { retry_after_seconds: 1 } })
})

test('the next day begins with nothing counted', async () => {
  const { quotas, clock, store } = open({ runs: 1 }, '2026-11-22T23:59:59.999Z')
  await quotas.reserve('alice', 'runs', 'a')
  clock.now += 1
  await quotas.reserve('alice', 'runs', 'b')
  expect(store.places.map((place) => place.day)).toEqual(['2026-11-22', '2026-11-23'])
})

test('what is given back after midnight is given back to the day it was taken from', async () => {
  const { quotas, clock, store } = open({ runs: 1 }, '2026-11-22T23:59:59Z')
  await quotas.reserve('alice', 'runs', 'a')
  clock.now += 2_000
  await quotas.release('alice', 'runs', 'a')
  expect(await store.used({ owner: 'alice', day: '2026-11-22', quota: 'runs' })).toBe(0)
})

test('seconds are counted after they were used; once they are used up the next is refused', async () => {
  const { quotas } = open({ chunk_seconds: 10 })
  await quotas.require('alice', 'chunk_seconds')
  await quotas.charge('alice', 'chunk_seconds', 9.5, 'job 1')
  await quotas.require('alice', 'chunk_seconds')
  await quotas.charge('alice', 'chunk_seconds', 100, 'job 2')
  await expect(quotas.require('alice', 'chunk_seconds')).rejects.toMatchObject({
    code: 'quota_exceeded',
    message: expect.stringContaining('10 chunk seconds'),
  })
  await quotas.require('bob', 'chunk_seconds')
})

test('without a limit nothing is counted and nothing is stored', async () => {
  const { quotas, store } = open({})
  await quotas.reserve('alice', 'runs', 'a')
  await quotas.charge('alice', 'chunk_seconds', 5, 'job 3')
  await quotas.require('alice', 'chunk_seconds')
  await quotas.release('alice', 'runs', 'a')
  expect(store.places).toEqual([])
})
