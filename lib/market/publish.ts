import { AppError } from '../core/errors.ts'
import { type Catalog, catalogKey, parseCatalog } from './catalog.ts'
import type { ObjectStore } from './objects.ts'

/**
 * Puts the next catalog in place of the one the import began with, on the condition that it still stands: of several imports that
 * began with the same one the first wins, and the others end with `conflict` and nothing of them is stored.
 *
 * Then what no catalog names any more is cleared away: objects of imports that were killed or refused, and what the import
 * before this one replaced. What this one replaced stays until the next: a reader may be at it.
 */
export async function publish(objects: ObjectStore, began: Catalog | undefined, next: Catalog): Promise<void> {
  const key = catalogKey(next.timeframe)
  const held = await objects.get(key)
  const standing = held && parseCatalog(held, next.timeframe)
  if (standing?.generation !== began?.generation || standing?.version !== began?.version) throw overtaken()

  const same = began?.version === next.version && began.defects === next.defects
  const named = new Set([...next.objects, ...(same || !began ? [] : began.objects)].map((entry) => entry.key))
  // Listed before the swap: whatever an import writes that begins after it has a key of a later generation.
  const unnamed = (await objects.list(`bars/${next.timeframe}/`)).filter(
    (each) => each.endsWith('.arrow') && !named.has(each),
  )
  if (same && unnamed.length === 0) return

  // Another import that is at work may own what is unnamed: the swap makes sure that it cannot be the next one to publish.
  const bytes = new TextEncoder().encode(`${JSON.stringify(next)}\n`)
  const swapped = held ? await objects.replace(key, bytes, held) : await objects.putIfAbsent(key, bytes)
  if (!swapped) throw overtaken()
  for (const each of unnamed) await objects.delete(each)
}

const overtaken = () =>
  new AppError('conflict', 'Another import of bars ran at the same time: nothing of this one is stored. Import again.')

/** How often an import that was overtaken is made again: each time at least one other has ended. */
const ATTEMPTS = 20

/** Does it again, from the catalog that stands then, as long as other imports overtake it. */
export async function untilPublished<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict' || attempts === ATTEMPTS) throw error
    }
  }
}
