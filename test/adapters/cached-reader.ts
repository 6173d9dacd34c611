/** A process that reads objects through a shared directory, and now and then damages a file of it. Prints its counts. */
import { readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedObjects } from '../../lib/adapters/aws/cached-objects.ts'
import { diskCache } from '../../lib/adapters/aws/disk-cache.ts'
import { sha256 } from '../../lib/core/hash.ts'
import { seeded } from '../../lib/core/random.ts'

const [directory, seed] = process.argv.slice(2)
const random = seeded(Number(seed))
const contents = new Map<string, Uint8Array>()
for (let n = 0; n < 30; n++) {
  const bytes = new Uint8Array(20_000 + n).fill(n)
  contents.set(`bars/1d/00/${n}-${sha256(bytes).slice(0, 16)}.arrow`, bytes)
}
const refuse = async () => {
  throw new Error('Nothing is written here.')
}
const get = async (key: string) => contents.get(key)
const writes = { put: refuse, putIfAbsent: refuse, replace: refuse, delete: refuse }
const disk = diskCache(directory, 400_000, () => Date.now())
const cached = cachedObjects({ get, getTagged: refuse, list: refuse, ...writes }, { memoryBytes: 0, disk })

const keys = [...contents.keys()]
let wrong = 0
let reads = 0
for (let round = 0; round < 100; round++) {
  const asked = Array.from({ length: 6 }, () => keys[Math.floor(random() * keys.length)])
  await Promise.all(
    asked.map(async (key) => {
      reads++
      if (Buffer.compare((await cached.get(key))!, contents.get(key)!) !== 0) wrong++
    }),
  )
  const names = await readdir(directory)
  const victim = names[Math.floor(random() * names.length)]
  if (round % 10 === 5 && victim?.endsWith('.arrow')) await truncate(join(directory, victim), 100).catch(() => {})
}
console.log(JSON.stringify({ wrong, reads, ...cached.counts }))
