import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe } from 'vitest'
import { z } from 'zod'
import { sqsHandler } from '../../functions/sqs.ts'
import { bridge } from '../../lib/adapters/aws/sqs-bridge.ts'
import { sqsClient, sqsQueue } from '../../lib/adapters/aws/sqs-queue.ts'
import { type Note, queueContract } from '../adapters/queue-contract.ts'
import { openFauxqs } from './emulators.ts'

const note = z.object({ n: z.number(), text: z.string() })

describe('fauxqs', () => {
  let emulator: Awaited<ReturnType<typeof openFauxqs>>
  let made = 0
  beforeAll(async () => {
    emulator = await openFauxqs()
  })
  afterAll(async () => {
    await emulator.stop()
  })

  queueContract('SQS, with a Lambda’s handler behind it,', async () => {
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
  })
})
