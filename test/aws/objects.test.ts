import { randomUUID } from 'node:crypto'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Service } from '../../lib/adapters/aws/retry.ts'
import { s3Client, s3Objects } from '../../lib/adapters/aws/s3-objects.ts'
import { objectStoreContract } from '../adapters/object-store-contract.ts'
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
    return s3Objects({ client, name }, { waiting: emulator.service.waiting, newId: randomUUID })
  }
}

describe('fauxqs', () => {
  objectStoreContract('S3', buckets(openFauxqs), {
    conditions: 'fauxqs has no conditions',
    large: 'fauxqs takes 10 MB',
  })
})

if (hasMoto) {
  describe('moto', () => {
    objectStoreContract('S3', buckets(openMoto))
  })
} else test.skip('skipped: no moto_server', () => {})
