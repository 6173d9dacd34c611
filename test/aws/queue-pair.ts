import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'

/** A fresh queue that gives a message so many times, some seconds apart, and then moves it to its dead letters. */
export async function queuePair(client: SQSClient, name: string, receives: number, visibilitySeconds = 1) {
  const queueOf = async (QueueName: string, Attributes: Record<string, string> = {}) =>
    (await client.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl!
  const deadUrl = await queueOf(`${name}-dead`)
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] }),
  )
  const redrive = JSON.stringify({ deadLetterTargetArn: Attributes!.QueueArn, maxReceiveCount: receives })
  const url = await queueOf(name, { VisibilityTimeout: String(visibilitySeconds), RedrivePolicy: redrive })
  return {
    url,
    /** the bodies that are dead; at most ten are looked at */
    async dead(): Promise<string[]> {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: deadUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      )
      return Messages.map(({ Body }) => Body!)
    },
    /** messages that wait, are at work or are kept back */
    async left(): Promise<number> {
      const names = [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ] as const
      const { Attributes: counts } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }),
      )
      return names.reduce((sum, each) => sum + Number(counts?.[each] ?? 0), 0)
    },
  }
}
