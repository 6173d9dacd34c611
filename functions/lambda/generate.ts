import { createStrategy } from '../../lib/generate/create.ts'
import type { StrategyStore } from '../../lib/strategy/store.ts'
import type { CreateRequest } from '../application.ts'
import { advanceDepsOf } from '../aws-runs.ts'
import { makeMerge } from '../merge.ts'
import { log, observed } from '../observed.ts'

/** Creations: words are understood and code is written here; what is written is tried elsewhere. */
export const handler = observed(
  makeMerge(
    advanceDepsOf(process.env, (deps, { run_id, owner, request }) => {
      // Performed twice, it is stored once.
      const create: StrategyStore['create'] = (whose, draft) => deps.strategies.create(whose, draft, run_id)
      const strategies = { ...deps.strategies, create }
      return createStrategy({ ...deps, owner, strategies }, request as CreateRequest)
    }),
    log,
  ),
)
