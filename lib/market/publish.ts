import { AppError } from '../core/errors.ts'
import { type Catalog, catalogKey, readCatalog } from './catalog.ts'
import type { ObjectStore } from './objects.ts'
import { putChanged } from './universe.ts'

const FOLDER = 'bars/1d/'
const CLAIMS = `${FOLDER}claims/`

/**
 * Deletes what an import that was killed has left: objects that no catalog names and claims. What the import before
 * replaced goes here too, and not earlier: a reader may have been at it.
 */
export async function collectOrphans(objects: ObjectStore, catalog: Catalog | undefined): Promise<void> {
  const named = new Set(catalog?.objects.map((entry) => entry.key))
  for (const key of await objects.list(FOLDER))
    if (key.startsWith(CLAIMS) || (key.endsWith('.arrow') && !named.has(key))) await objects.delete(key)
}

/** Whether the catalog an import began with still stands and every object of the next one is stored. */
async function stands(objects: ObjectStore, began: Catalog | undefined, next: Catalog): Promise<boolean> {
  const now = await readCatalog(objects, next.timeframe)
  const stored = new Set(await objects.list(FOLDER))
  return now?.version === began?.version && next.objects.every((entry) => stored.has(entry.key))
}

/**
 * Puts the next catalog in place of the one the import began with. Of several imports that began with the same one, the
 * first to claim its succession wins; the others end with `conflict` and nothing of them is stored.
 */
export async function publish(objects: ObjectStore, began: Catalog | undefined, next: Catalog): Promise<void> {
  const message = 'Another import of bars ran at the same time: nothing of this one is stored. Import again.'
  const claim = `${CLAIMS}${began?.version ?? 'first'}`
  const bytes = new TextEncoder().encode(`${JSON.stringify(next)}\n`)
  if (began?.version === next.version) {
    if (!(await stands(objects, began, next))) throw new AppError('conflict', message)
    await putChanged(objects, catalogKey(next.timeframe), bytes)
    return
  }
  if (!(await objects.putIfAbsent(claim, new Uint8Array(0)))) throw new AppError('conflict', message)
  try {
    // A claim can be free again because the winner has already ended: then its catalog stands, and not the old one.
    if (!(await stands(objects, began, next))) throw new AppError('conflict', message)
    await objects.put(catalogKey(next.timeframe), bytes)
  } finally {
    await objects.delete(claim)
  }
}
