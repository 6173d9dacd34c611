import { cloneCodec } from '../../lib/adapters/local/codec.ts'
import { AppError } from '../../lib/core/errors.ts'
import { createStrategy } from '../../lib/generate/create.ts'
import { reviseStrategy } from '../../lib/generate/revise.ts'
import { rememberedModel } from '../../lib/runs/remembered-model.ts'
import { type StrategyStore, strategyOf } from '../../lib/strategy/store.ts'
import type { CreateRequest, ReviseRequest } from '../application.ts'
import { resultsOf } from '../aws.ts'
import { advanceDepsOf } from '../aws-runs.ts'
import { modelOf, type SecretOf } from '../generator.ts'
import { makeMerge } from '../merge.ts'
import { log, observed } from '../observed.ts'

/** A secret of the deployment. They are read as a whole, and one that is not set fails the reading: then there is none. */
const secretOf: SecretOf = async (name) => {
  try {
    const { Config } = await import('sst/node/config')
    return name in Config ? (Config as unknown as Record<string, string>)[name] : undefined
  } catch (cause) {
    if (cause instanceof Error && /secret values are not set/.test(cause.message)) return undefined
    throw new AppError('internal', 'The secrets of this deployment cannot be read.', undefined, cause)
  }
}

const results = resultsOf(process.env)

/** Creations: words are understood and code is written here; what is written is tried elsewhere. */
export const handler = observed(
  makeMerge(
    advanceDepsOf(process.env, async (deps, { run_id, owner, mode, strategy_id, strategy_version, request }) => {
      if (mode === 'revision') {
        const base = await strategyOf(deps.strategies, owner, strategy_id!, strategy_version!)
        const revise: StrategyStore['revise'] = (whose, id, draft) => deps.strategies.revise(whose, id, draft, run_id)
        return reviseStrategy({ ...deps, owner, strategies: { revise } }, base, request as ReviseRequest)
      }
      // Performed twice, it is stored once.
      const create: StrategyStore['create'] = (whose, draft) => deps.strategies.create(whose, draft, run_id)
      const strategies = { ...deps.strategies, create }
      const model = async () => {
        const found = await modelOf(process.env, secretOf)
        return found && rememberedModel({ results, codec: cloneCodec }, run_id, found)
      }
      return createStrategy({ ...deps, owner, strategies, model }, request as CreateRequest)
    }),
    log,
  ),
)
