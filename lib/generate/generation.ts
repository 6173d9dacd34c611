import { costOf } from '../core/cost.ts'
import { AppError } from '../core/errors.ts'
import { LIST_PRICES } from '../core/prices.ts'
import type { Generation } from '../strategy/strategy.ts'
import type { Model, TurnUse } from './model.ts'

/** The grammar, which asks nobody. */
export const OFFLINE: Generation = {
  generator: 'offline',
  model: null,
  turns: 0,
  input_tokens: 0,
  output_tokens: 0,
  cents: 0,
}

/** What a model's turns came to, at list prices. */
export function generationOf(
  { generator, name }: Pick<Model, 'generator' | 'name'>,
  use: readonly TurnUse[],
): Generation {
  const input = use.reduce((sum, turn) => sum + turn.inputTokens, 0)
  const output = use.reduce((sum, turn) => sum + turn.outputTokens, 0)
  // A turn whose tokens the model did not tell has a price too.
  const priced = name === LIST_PRICES.geminiModel && use.every((turn) => turn.inputTokens > 0)
  return {
    generator,
    model: name,
    turns: use.length,
    input_tokens: input,
    output_tokens: output,
    cents: priced ? costOf({ geminiInputTokens: input, geminiOutputTokens: output }).cents : null,
  }
}

/** The failure of a creation by a model, with what it took. */
export function modelFailed(
  message: string,
  details: { kind: string; [field: string]: unknown },
  generation: Generation,
): AppError {
  return new AppError('model_failed', message, { ...details, generation })
}

/** A refusal for want of data, with what a model took before it showed; any other error as it is. */
export function withGeneration(error: unknown, generation: Generation): unknown {
  if (!(error instanceof AppError) || error.code !== 'no_data') return error
  return new AppError(error.code, error.message, { ...(error.details as object | undefined), generation }, error)
}

/** What a model says is stored when it is proven, and without bars nothing is. */
export const nothingToProveOn = (): AppError =>
  new AppError('no_data', 'There are no bars to prove a rule on. Import some first; nothing was created.')
