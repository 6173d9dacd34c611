import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Application } from '../../functions/application.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { newHome, nothing, openApplication } from '../acceptance/home.ts'
import { mutations } from '../acceptance/mutations.ts'
import { shared, withShared } from '../shared.ts'

withShared('the proof on real bars', () => {
  const place = newHome()
  let app: Application
  beforeAll(async () => {
    await place.imports.importBars(shared('market/bars/daily'), nothing)
    await place.imports.importUniverse(shared('market/universe.csv'))
    await place.imports.importConstituents(shared('market/constituents/sp500_ticker_start_end.csv'), 'SP500')
    await place.imports.importFundamentals(shared('market/fundamentals/sp500_10k_2012_2016.csv'))
    app = await openApplication(place.home)
  })
  afterAll(async () => {
    await app.close()
    place.remove()
  })

  const prompts: { id: string; rule: RuleClauses | null }[] = JSON.parse(
    readFileSync(shared('prompts/prompts.json'), 'utf8'),
  )
  const daily = prompts.filter(({ rule }) => rule !== null && rule.timeframe === '1d')

  describe.each(daily)('$id', ({ rule }) => {
    test('no version of its code with another literal is stored', async () => {
      const answer = await app
        .createStrategy({ rule: rule! })
        .catch((error: { code: string }) => ({ status: error.code }))
      // Rules on data that no file here holds are refused before there is code.
      if (!('strategy' in answer)) return expect(answer.status).toBe('no_data')
      const survivors: string[] = []
      for (const { at, code } of mutations(answer.strategy.code)) {
        const mutated = await app
          .createStrategy({ rule: rule!, code })
          .catch((error: Error) => ({ status: error.message }))
        if (mutated.status === 'created') survivors.push(at)
      }
      expect(survivors).toEqual([])
    })
  })
})
