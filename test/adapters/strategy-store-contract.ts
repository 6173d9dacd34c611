import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LOCAL_OWNER } from '../../lib/core/owner.ts'
import type { StrategyStore } from '../../lib/strategy/store.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'

export type StrategyDraft = Omit<Strategy, 'strategy_id' | 'version'>

/** A strategy as it is before it has an id. */
export function strategyDraft(changes: Partial<StrategyDraft> = {}): StrategyDraft {
  return {
    name: 'gap up with volume',
    prompt: 'Find stocks that gap up by more than 3% with high volume',
    rule: { signal: 'gap() > 3% and rvol(20) >= 1.5' },
    code: 'export function classifySymbol() { return true }',
    entry_points: ['classifySymbol'],
    series: ['gap()'],
    history_days: 0,
    assumptions: ['"high volume" is 1.5 × the 20-session average before today'],
    warnings: [],
    proof: {
      verdict: 'equal',
      reason: 'no difference',
      window: ['2019-04-22', '2021-04-21'],
      symbols: 405,
      cells: 204_120,
      true_cells: 812,
      sampled: false,
      constructed_cells: 4_000,
      constructed_true: 40,
      ties: 1,
      isolated_cells: 200,
      guest_errors: 0,
      differences: 0,
      first_differences: [],
    },
    hash: 'a'.repeat(64),
    created_at: '2026-11-22T12:00:00.000Z',
    ...changes,
  }
}

const CHANGE = { clause: 'STOP', before: 'entry_price*0.92', after: 'entry_price*0.95' }

/** What every StrategyStore does; `open` gives an empty one and how to close it. */
export function strategyStoreContract(
  name: string,
  open: () => Promise<{ store: StrategyStore; close: () => Promise<void> }>,
): void {
  describe(`${name} keeps strategies`, () => {
    let store: StrategyStore
    let close: () => Promise<void>
    beforeEach(async () => {
      const opened = await open()
      store = opened.store
      close = opened.close
    })
    afterEach(() => close())

    test('a version is read by its number', async () => {
      const { strategy_id } = await store.create(LOCAL_OWNER, strategyDraft())
      expect(await store.get(LOCAL_OWNER, strategy_id, 1)).toEqual(await store.get(LOCAL_OWNER, strategy_id))
      expect(await store.get(LOCAL_OWNER, strategy_id, 2)).toBeUndefined()
    })

    test('the first strategy is version 1 of id 1, the next one id 2', async () => {
      const first = await store.create(LOCAL_OWNER, strategyDraft())
      expect(first).toEqual({ ...strategyDraft(), strategy_id: 1, version: 1 })
      expect((await store.create(LOCAL_OWNER, strategyDraft())).strategy_id).toBe(2)
    })

    test('what was created is read back unchanged, null prompt, no rule and an undefined clause included', async () => {
      const rule = { signal: 'rsi(close,14) < 30', exit: undefined, limit: 5 }
      const { strategy_id } = await store.create(LOCAL_OWNER, strategyDraft({ prompt: null, rule, name: '' }))
      expect(await store.get(LOCAL_OWNER, strategy_id)).toEqual({
        ...strategyDraft({ prompt: null, rule: { signal: 'rsi(close,14) < 30', limit: 5 }, name: '' }),
        strategy_id,
        version: 1,
      })
      const bare = await store.create(LOCAL_OWNER, strategyDraft({ rule: null }))
      expect((await store.get(LOCAL_OWNER, bare.strategy_id))?.rule).toBeNull()
    })

    test('a strategy that is not there is undefined, whatever the number', async () => {
      await store.create(LOCAL_OWNER, strategyDraft())
      for (const id of [2, 10, 11, 999_999_999_999]) expect(await store.get(LOCAL_OWNER, id)).toBeUndefined()
    })

    test('id 1 is not found among ids that begin with 1', async () => {
      for (let id = 1; id <= 12; id++) await store.create(LOCAL_OWNER, strategyDraft({ name: `number ${id}` }))
      expect((await store.get(LOCAL_OWNER, 1))?.name).toBe('number 1')
      expect((await store.get(LOCAL_OWNER, 12))?.name).toBe('number 12')
    })

    test('the list is empty at first, then holds every strategy by id', async () => {
      expect(await store.list(LOCAL_OWNER)).toEqual([])
      for (let id = 1; id <= 11; id++) await store.create(LOCAL_OWNER, strategyDraft({ name: `number ${id}` }))
      expect((await store.list(LOCAL_OWNER)).map((strategy) => strategy.name)).toEqual(
        Array.from({ length: 11 }, (_, i) => `number ${i + 1}`),
      )
    })

    test('a list longer than one page is whole', async () => {
      // 12 strategies of 100 KB are more than the 1 MB one page of a query holds
      const code = `export function classifySymbol() { return true } //${'x'.repeat(100_000)}`
      for (let id = 1; id <= 12; id++) await store.create(LOCAL_OWNER, strategyDraft({ code }))
      const ids = (await store.list(LOCAL_OWNER)).map((strategy) => strategy.strategy_id)
      expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    })

    test('owners share one count of ids and nothing else: another owner’s id is undefined, a list holds one’s own', async () => {
      const mine = await store.create('alice', strategyDraft({ name: 'mine' }))
      const theirs = await store.create('bob', strategyDraft({ name: 'theirs' }))
      expect([mine.strategy_id, theirs.strategy_id]).toEqual([1, 2])
      expect(await store.get('alice', 1)).toEqual(mine)
      expect([await store.get('alice', 2), await store.get('bob', 1), await store.get(LOCAL_OWNER, 1)]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
      expect(await store.list('alice')).toEqual([mine])
      expect(await store.list('bob')).toEqual([theirs])
      expect(await store.list(LOCAL_OWNER)).toEqual([])
    })

    test('writers at once get different ids and lose nothing', async () => {
      const created = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.create(LOCAL_OWNER, strategyDraft({ name: `writer ${i}` }))),
      )
      expect(new Set(created.map((strategy) => strategy.strategy_id)).size).toBe(20)
      for (const strategy of created) expect(await store.get(LOCAL_OWNER, strategy.strategy_id)).toEqual(strategy)
    })

    test('with a token a strategy is created once: the same token again gives the one that was stored', async () => {
      const first = await store.create('alice', strategyDraft({ name: 'first' }), 'run-1')
      const again = await store.create('alice', strategyDraft({ name: 'second' }), 'run-1')
      expect(again).toEqual(first)
      expect(await store.list('alice')).toEqual([first])
      const other = await store.create('alice', strategyDraft({ name: 'other' }), 'run-2')
      expect(other).toMatchObject({ name: 'other', strategy_id: 2 })
    })

    test('a token is its owner’s: another owner’s creation of the same token is another strategy', async () => {
      const mine = await store.create('alice', strategyDraft({ name: 'mine' }), 'run-1')
      const theirs = await store.create('bob', strategyDraft({ name: 'theirs' }), 'run-1')
      expect(theirs.strategy_id).not.toBe(mine.strategy_id)
      expect(await store.list('bob')).toEqual([theirs])
    })

    test('of writers at once with one token all get the same strategy', async () => {
      const made = await Promise.all(
        Array.from({ length: 12 }, (_, i) => store.create('alice', strategyDraft({ name: `writer ${i}` }), 'run-1')),
      )
      expect(made).toEqual(Array(12).fill(made[0]))
      expect(await store.list('alice')).toEqual([made[0]])
    })

    test('a revision is the next version beside the old one, which stays as it is', async () => {
      const first = await store.create('alice', strategyDraft())
      const revision = { of_version: 1, said: 'change the stop to 5%', changes: [CHANGE] }
      const second = await store.revise('alice', 1, strategyDraft({ name: 'second', revision }))
      expect(second).toEqual({ ...strategyDraft({ name: 'second', revision }), strategy_id: 1, version: 2 })
      expect(await store.get('alice', 1)).toEqual(second)
      expect(await store.get('alice', 1, 1)).toEqual(first)
      expect(await store.list('alice')).toEqual([second])
      expect((await store.create('alice', strategyDraft())).strategy_id).toBe(2)
    })

    test('nobody revises what is another’s or nobody’s', async () => {
      await store.create('alice', strategyDraft())
      for (const [owner, id] of [
        ['bob', 1],
        ['alice', 2],
      ] as const)
        await expect(store.revise(owner, id, strategyDraft())).rejects.toMatchObject({ code: 'not_found' })
      expect(await store.list('bob')).toEqual([])
    })

    test('revisions at once get numbers of their own and lose nothing', async () => {
      await store.create('alice', strategyDraft())
      const made = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          store.revise('alice', 1, strategyDraft({ name: `writer ${i}` }), i % 2 === 0 ? `run-${i}` : undefined),
        ),
      )
      expect(made.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 12 }, (_, i) => i + 2),
      )
      for (const version of made) expect(await store.get('alice', 1, version.version)).toEqual(version)
    })

    test('with a token a revision is stored once, whatever was stored in between', async () => {
      await store.create('alice', strategyDraft(), 'run-0')
      const first = await store.revise('alice', 1, strategyDraft({ name: 'first' }), 'run-1')
      const other = await store.revise('alice', 1, strategyDraft({ name: 'other' }), 'run-2')
      expect([first.version, other.version]).toEqual([2, 3])
      expect(await store.revise('alice', 1, strategyDraft({ name: 'again' }), 'run-1')).toEqual(first)
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, i) => store.revise('alice', 1, strategyDraft({ name: `at once ${i}` }), 'run-3')),
      )
      expect(made).toEqual(Array(8).fill(made[0]))
      expect(await store.get('alice', 1, 5)).toBeUndefined()
    })

    test('a strategy over 400 KB is refused as too large and is not stored', async () => {
      for (const length of [420_000, 3_000_000]) {
        const refused = store.create(LOCAL_OWNER, strategyDraft({ code: 'x'.repeat(length) }))
        await expect(refused).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining('400 KB') })
      }
      expect(await store.list(LOCAL_OWNER)).toEqual([])
    })
  })
}
