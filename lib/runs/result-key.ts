import type { ObjectStore } from '../market/objects.ts'
import type { Run } from './run.ts'

/** Where the result of a run lies; one that lacks symbols has another name. */
export const resultKey = (runId: string, { partial }: { partial?: unknown } = {}): string =>
  `results/${runId}/${partial === true ? 'partial' : 'result'}.json`

/** Whether a run serves a later request: not when somebody deleted its result, or when that lacks symbols. */
export const isOfUse =
  (results: ObjectStore) =>
  async ({ result_key: key }: Run): Promise<boolean> =>
    key === null || (!key.endsWith('/partial.json') && (await results.list(key)).includes(key))
