import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { noQuery, strategyQuery } from './bodies.ts'
import { ok, owned } from './http.ts'
import { queryOf, strategyIdOf } from './read.ts'
import { strategyJson } from './strategy-json.ts'

/** GET /strategies: what there is, by id; the code and the whole proof stand in GET /strategies/{id}. */
export const makeStrategies = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    const strategies = await app.strategies()
    return ok({
      strategies: strategies.map(({ strategy_id, version, name, prompt, rule, proof, hash, created_at }) => ({
        strategy_id,
        version,
        name,
        prompt,
        rule,
        proof: proof.verdict,
        hash,
        created_at,
      })),
    })
  })

/** GET /strategies/{id}: the newest version, or the one named in `version`, whole. */
export const makeStrategy = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    const { version } = queryOf(event, strategyQuery)
    return ok({ strategy: strategyJson(await app.strategy(strategyIdOf(event), version)) })
  })
