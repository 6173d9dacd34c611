import { Duration } from 'aws-cdk-lib'
import { type IRuleTarget, Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import { Config, type Function as Lambda, type Stack } from 'sst/constructs'
import { addObjects, changeObjects, manageSubscribers, readObjects, send, writeTable } from './grants.ts'
import { createLambda } from './lambda.ts'
import { createDeadLetters, createQueue, feed, type WorkQueue } from './queues.ts'
import type { Resources } from './resources.ts'
import type { Settings } from './settings.ts'

export interface Schedules {
  lambdas: Record<string, Lambda>
  /** files that were uploaded and are to be imported */
  uploads: WorkQueue
  /** fetches that were tried three times in vain */
  deadLetters: Queue
}

/** What runs by the clock, and what new bars set off. */
export function createSchedules(stack: Stack, resources: Resources, { fetchBars, provider }: Settings): Schedules {
  const { table, bars, results, queues, alertTopic } = resources
  const { alert, notify, merge, generate } = queues
  const deadLetters = createDeadLetters(stack, 'fetch')

  // The next minute's call does what a failed one left: trying again would only do it twice.
  const sweep = createLambda(stack, 'sweep', resources, {
    may: [...writeTable(table), ...addObjects(results, 'results/'), ...send(merge, generate)],
    retryAttempts: 0,
  })
  // Whether New York is awake is for the code to say: it knows holidays, half days and daylight saving.
  const alertTick = createLambda(stack, 'alert-tick', resources, {
    may: [...writeTable(table), ...readObjects(bars), ...send(alert, notify), ...manageSubscribers(alertTopic)],
    retryAttempts: 0,
  })
  new Rule(stack, 'Minute', {
    description: 'Looks after runs and alerts',
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [target(sweep), target(alertTick)],
  })

  const changesBars = [...writeTable(table), ...changeObjects(bars), ...send(alert, notify)]
  const ingest = createLambda(stack, 'bars-ingest', resources, { may: changesBars })
  const uploads = createQueue(stack, 'uploads', { worker: 'bars-ingest', receives: 3 })
  // Imports swap one catalog, and the later one is made again: a folder of files at once would overtake itself without end.
  feed(ingest, uploads, { atOnce: 2 })
  new Rule(stack, 'Upload', {
    description: 'A file of bars was uploaded',
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: {
        bucket: { name: [bars.bucketName] },
        // Tells of uploads/done/ and uploads/failed/ too, where a file goes afterwards: the function lets those be.
        object: { key: [{ prefix: 'uploads/' }] },
      },
    },
    targets: [new SqsQueue(uploads.queue)],
  })

  const fetch = createLambda(stack, 'bars-fetch', resources, {
    may: changesBars,
    environment: provider,
    deadLetterQueue: deadLetters,
    // Secrets are read when a provider is asked, with a client of their own.
    splitting: true,
    bind: [new Config.Secret(stack, 'SAYWHEN_ALPACA_KEY_ID'), new Config.Secret(stack, 'SAYWHEN_ALPACA_SECRET')],
  })
  scheduleFetch(stack, fetch, fetchBars)

  return {
    lambdas: { sweep, 'alert-tick': alertTick, 'bars-ingest': ingest, 'bars-fetch': fetch },
    uploads,
    deadLetters,
  }
}

const target = (lambda: Lambda): IRuleTarget => new LambdaFunction(lambda)

/** Half an hour after New York closes, and an hour later for what the provider did not have yet; on half days both are late, not early. */
function scheduleFetch(stack: Stack, fetch: Lambda, on: boolean): void {
  const role = new Role(stack, 'FetchScheduleRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') })
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fetch.functionArn] }))
  new CfnSchedule(stack, 'Fetch', {
    description: 'Fetches the bars of the session that has just closed',
    scheduleExpression: 'cron(30 16,17 ? * MON-FRI *)',
    scheduleExpressionTimezone: 'America/New_York',
    // Without a provider's keys each call would fail, and call somebody.
    state: on ? 'ENABLED' : 'DISABLED',
    flexibleTimeWindow: { mode: 'OFF' },
    target: { arn: fetch.functionArn, roleArn: role.roleArn },
  })
}
