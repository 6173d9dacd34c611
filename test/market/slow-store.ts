import { seeded } from '../../lib/core/random.ts'
import type { ObjectStore } from '../../lib/market/objects.ts'

/** Every call takes a random while, so that calls of several importers interleave in ever other ways. */
export function slow(store: ObjectStore, seed: number): ObjectStore {
  const uniform = seeded(seed)
  const pause = () => new Promise((resolve) => setTimeout(resolve, uniform() * 3))
  const after = <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) => {
    return async (...args: Args) => {
      await pause()
      return call.apply(store, args)
    }
  }
  return {
    get: after(store.get),
    put: after(store.put),
    putIfAbsent: after(store.putIfAbsent),
    replace: after(store.replace),
    delete: after(store.delete),
    list: after(store.list),
  }
}
