import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, test, vi } from 'vitest'
import { z } from 'zod'
import { sqsHandler } from '../../functions/sqs.ts'
import type { Service } from '../../lib/adapters/aws/retry.ts'
import { bridge } from '../../lib/adapters/aws/sqs-bridge.ts'
import { sqsClient, sqsQueue } from '../../lib/adapters/aws/sqs-queue.ts'
import { type Note, queueContract } from '../adapters/queue-contract.ts'
import { hasMoto, openFauxqs, openMoto } from './emulators.ts'

const note = z.object({ n: z.number(), text: z.string() })

function queuesOf(open: () => Promise<{ service: Service; stop(): Promise<unknown> }>, exact = true): void {
  let emulator: Awaited<ReturnType<typeof open>>
  let made = 0
  beforeAll(async () => {
    // Handlers that fail say so in a line each.
    vi.spyOn(console, 'error').mockImplementation(() => {})
    emulator = await open()
  })
  afterAll(async () => {
    await emulator.stop()
  })

  queueContract(
    'SQS, with a Lambda’s handler behind it,',
    async () => {
      const { service } = emulator
      const client = sqsClient(service)
      const queueOf = async (name: string, Attributes: Record<string, string> = {}) => {
        const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }))
        return QueueUrl!
      }
      made++
      const deadUrl = await queueOf(`dead-${made}`)
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] }),
      )
      const redrive = JSON.stringify({ deadLetterTargetArn: Attributes!.QueueArn, maxReceiveCount: 3 })
      const url = await queueOf(`queue-${made}`, { VisibilityTimeout: '1', RedrivePolicy: redrive })
      let carried: ReturnType<typeof bridge> | undefined
      return {
        queue: sqsQueue<Note>({ client, url }, { waiting: service.waiting }),
        consume: (use) => {
          const handler = sqsHandler(note, use)
          carried = bridge({
            client,
            url,
            handler,
            batchSize: 10,
            concurrency: 4,
            waitSeconds: 1,
            waiting: service.waiting,
            onError: () => {},
          })
        },
        dead: async () => {
          const { Messages = [] } = await client.send(
            new ReceiveMessageCommand({ QueueUrl: deadUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
          )
          return Messages.map(({ Body }) => note.parse(JSON.parse(Body!)).n)
        },
        close: async () => {
          await carried?.stop()
          client.destroy()
        },
      }
    },
    { exact },
  )
}

describe('fauxqs', () => queuesOf(openFauxqs))
if (hasMoto) {
  // Listeners at the same time now and then get the same message there, as AWS reserves for itself.
  describe('moto', () => queuesOf(openMoto, false))
} else test.skip('skipped: no moto_server', () => {})
