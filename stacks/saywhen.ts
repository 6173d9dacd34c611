import { type App, Stack } from 'sst/constructs'
import { createAlarms } from './alarms.ts'
import { createApi } from './api.ts'
import { explainStack } from './findings.ts'
import { createQueues } from './queues.ts'
import { createSchedules } from './schedules.ts'
import type { Settings } from './settings.ts'
import { createStorage } from './storage.ts'
import { createTopics } from './topics.ts'
import { createWorkers } from './workers.ts'

/** Saywhen on AWS, whole: what holds data stands in stacks of its own, so that code is deployed without touching it. */
export function saywhen(app: App, settings: Settings): void {
  // Access logs of buckets are let in by the bucket's policy: the older way needs access control lists, which are off here.
  app.node.setContext('@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy', true)
  const stack = (name: string) => {
    const created = new Stack(app, name)
    explainStack(created)
    return created
  }
  const storage = createStorage(stack('Storage'), settings)
  const queues = createQueues(stack('Queues'))
  const topics = createTopics(stack('Topics'), settings)
  const resources = { ...storage, queues, ...topics }
  const workers = createWorkers(stack('Workers'), resources, settings)
  const schedules = createSchedules(stack('Schedules'), resources, settings)
  const { httpApi, lambdas } = createApi(stack('Api'), resources, settings)
  createAlarms(stack('Alarms'), {
    alarmTopic: topics.alarmTopic,
    queues: [...Object.values(queues), schedules.uploads],
    deadLetters: schedules.deadLetters,
    lambdas: { ...workers, ...schedules.lambdas, ...lambdas },
    httpApi,
  })
}
