import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cachedObjects } from '../../lib/adapters/aws/cached-objects.ts'
import { diskCache } from '../../lib/adapters/aws/disk-cache.ts'
import type { Service } from '../../lib/adapters/aws/retry.ts'
import { signedLink } from '../../lib/adapters/aws/s3-link.ts'
import { s3Client, s3Objects } from '../../lib/adapters/aws/s3-objects.ts'
import { systemClock } from '../../lib/adapters/local/clock.ts'
import { type Lacking, objectStoreContract } from '../adapters/object-store-contract.ts'
import { hasMoto, openFauxqs, openMoto } from './emulators.ts'

/** Buckets on an emulator that is started before the first and stopped after the last. */
function buckets(open: () => Promise<{ service: Service; stop(): Promise<unknown> }>) {
  let emulator: Awaited<ReturnType<typeof open>>
  let made = 0
  beforeAll(async () => {
    emulator = await open()
  })
  afterAll(async () => {
    await emulator.stop()
  })
  return async () => {
    const client = s3Client(emulator.service, { pathStyle: true })
    const name = `bucket-${++made}`
    await client.send(new CreateBucketCommand({ Bucket: name }))
    const bucket = { client, name }
    return { bucket, store: s3Objects(bucket, { waiting: emulator.service.waiting, newId: randomUUID }) }
  }
}

function bucketsOf(open: Parameters<typeof buckets>[0], lacking: Lacking = {}): void {
  const fresh = buckets(open)
  objectStoreContract('S3', async () => (await fresh()).store, lacking)

  test('what is cached in front of a bucket is sent again only when it changed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'saywhen-bucket-cache-'))
    const { store } = await fresh()
    const cached = cachedObjects(store, { memoryBytes: 1e6, disk: diskCache(directory, 1e6, systemClock) })
    const key = 'bars/1d/catalog.json'
    for (const version of [1, 2]) {
      await store.put(key, Uint8Array.of(version))
      for (let i = 0; i < 3; i++) expect([...(await cached.get(key))!]).toEqual([version])
    }
    expect(cached.counts).toMatchObject({ fetched: 2, revalidated: 4 })
    await rm(directory, { recursive: true })
  })

  test('anybody reads an object by its signed link, which says how long it holds', async () => {
    const { bucket, store } = await fresh()
    await store.put('results/r-1/result.json', new TextEncoder().encode('{"n":1}'))
    const link = await signedLink(bucket, 'results/r-1/result.json', 600)
    expect(new URL(link).searchParams.get('X-Amz-Expires')).toBe('600')
    const answer = await fetch(link)
    expect(await answer.json()).toEqual({ n: 1 })
    expect((await fetch(await signedLink(bucket, 'none', 600))).status).toBe(404)
    for (const seconds of [0, 1.5, 604_801]) await expect(signedLink(bucket, 'x', seconds)).rejects.toThrow('holds for')
    await expect(signedLink(bucket, '../x', 60)).rejects.toThrow('no object key')
  })
}

describe('fauxqs', () => bucketsOf(openFauxqs, { conditions: 'fauxqs has no conditions', large: 'fauxqs takes 10 MB' }))
if (hasMoto) describe('moto', () => bucketsOf(openMoto))
else test.skip('skipped: no moto_server', () => {})
