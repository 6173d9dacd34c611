import type { Model, ModelReply } from '../generate/model.ts'
import { isOfTheMoment } from '../generate/model.ts'
import type { ObjectStore } from '../market/objects.ts'
import { type Codec, decoded } from './steps.ts'

/** Where the answer of a turn lies. */
export const turnKey = (runId: string, turn: number): string => `results/${runId}/model-${turn}`

/**
 * A model for one attempt at a run. A model never answers twice the same, and a run is begun again after every step: each turn's answer
 * is stored before it is used, and whoever comes to that turn again finds it. A failure of the moment is not kept.
 */
export function rememberedModel(
  { results, codec }: { results: ObjectStore; codec: Codec },
  runId: string,
  model: Model,
): Model {
  let turn = 0
  const found = async (key: string): Promise<ModelReply | undefined> => {
    const bytes = await results.get(key)
    return bytes && decoded<ModelReply>(codec, key, bytes, ['text', 'failure'])
  }
  return {
    ...model,
    async ask(request) {
      const key = turnKey(runId, ++turn)
      const stored = await found(key)
      if (stored !== undefined) return stored
      const reply = await model.ask(request)
      if ('failure' in reply && isOfTheMoment(reply.failure)) return reply
      // Two attempts at once: the first answer counts for both.
      if (await results.putIfAbsent(key, codec.encode(reply))) return reply
      return (await found(key)) ?? reply
    },
  }
}
