import type { QueueName, WorkQueue } from './queues.ts'
import type { Storage } from './storage.ts'
import type { Topics } from './topics.ts'

/** What functions work on. */
export interface Resources extends Storage, Topics {
  queues: Record<QueueName, WorkQueue>
}

/** The names of all resources, for every function: a name is no right. */
export function environmentOf({ table, bars, results, queues, alertTopic }: Resources): Record<string, string> {
  return {
    SAYWHEN_TABLE: table.tableName,
    SAYWHEN_BARS: bars.bucketName,
    SAYWHEN_RESULTS: results.bucketName,
    ...Object.fromEntries(
      Object.values(queues).map(({ name, queue }) => [`SAYWHEN_${name.toUpperCase()}_QUEUE`, queue.queueUrl]),
    ),
    SAYWHEN_TOPIC: alertTopic.topicArn,
  }
}
