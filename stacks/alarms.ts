import { Duration } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Function as Lambda, Stack } from 'sst/constructs'
import { METRICS, observedAs } from './lambda.ts'
import type { WorkQueue } from './queues.ts'

export interface Watched {
  alarmTopic: Topic
  queues: WorkQueue[]
  /** fetches of bars that were tried in vain */
  deadLetters: Queue
  lambdas: Record<string, Lambda>
  httpApi: HttpApi
}

/**
 * How old the oldest message may be, in seconds: past that, work comes in faster than it is done, or is not done at all. More than six
 * time-outs of the function each: a message that is tried once more waits for so long, and nobody need be called for that.
 */
const OLDEST_S: Record<string, number> = {
  generate: 900,
  chunk: 900,
  merge: 2000,
  alert: 900,
  // A webhook that is down is tried for half an hour, with its message waiting in between.
  notify: 3600,
  // Two files at a time: some thousand of them take hours.
  uploads: 6 * 3600,
}

/** An alarm for whatever needs somebody to look, and one page that shows the rest. */
export function createAlarms(stack: Stack, { alarmTopic, queues, deadLetters, lambdas, httpApi }: Watched): void {
  const action = new SnsAction(alarmTopic)
  const alarm = (
    id: string,
    props: Pick<AlarmProps, 'metric' | 'threshold' | 'alarmDescription'> & Partial<AlarmProps>,
  ) =>
    new Alarm(stack, id, {
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    }).addAlarmAction(action)

  const dead = [...queues.map(({ name, deadLetters: each }) => ({ name, each })), { name: 'fetch', each: deadLetters }]
  for (const { name, each } of dead)
    alarm(`${name}-dead`, {
      metric: each.metricApproximateNumberOfMessagesVisible({ period: MINUTE, statistic: 'Maximum' }),
      threshold: 0,
      alarmDescription: `${name}: work was given up. Look at the dead letters, mend the cause, then redrive them.`,
    })
  for (const { name, queue } of queues)
    alarm(`${name}-age`, {
      metric: queue.metricApproximateAgeOfOldestMessage({ period: MINUTE, statistic: 'Maximum' }),
      threshold: OLDEST_S[name],
      evaluationPeriods: 3,
      alarmDescription: `${name}: a message waits for more than ${OLDEST_S[name]} s. See the function's errors and throttles.`,
    })
  for (const [name, lambda] of Object.entries(lambdas)) {
    alarm(`${name}-errors`, {
      metric: lambda.metricErrors({ period: FIVE_MINUTES }),
      threshold: 0,
      alarmDescription: `${name} failed. Its log says where.`,
    })
    // A minute at the limit passes by itself: what is throttled is tried again.
    alarm(`${name}-throttles`, {
      metric: lambda.metricThrottles({ period: FIVE_MINUTES }),
      threshold: 0,
      evaluationPeriods: 3,
      alarmDescription: `${name} is refused calls: the account's calls at once are used up. Ask AWS for more.`,
    })
  }
  alarm('api-5xx', {
    metric: httpApi.metricServerError({ period: FIVE_MINUTES, statistic: 'Sum' }),
    threshold: 0,
    alarmDescription: 'The API answered 5xx. The access log names the route, the function’s log the reason.',
  })

  const busy = ['ask', 'generate', 'chunk', 'merge', 'alert-run', 'notify']
  const each = (names: string[], metric: (lambda: Lambda, label: string) => IMetric) =>
    names.map((name) => metric(lambdas[name], name))
  // Fewer than 50 metrics: such a page costs nothing, as long as the account has no more than three.
  const dashboard = new Dashboard(stack, 'Dashboard', { defaultInterval: Duration.days(1) })
  dashboard.addWidgets(
    graph('Requests', [httpApi.metricCount(), httpApi.metricClientError(), httpApi.metricServerError()]),
    graph('Answer time, p95', [httpApi.metricLatency({ statistic: 'p95' })]),
  )
  const own = (metricName: string, statistic = 'Sum') =>
    new Metric({
      namespace: METRICS,
      metricName,
      statistic,
      dimensionsMap: { service: observedAs(stack).POWERTOOLS_SERVICE_NAME },
    })
  dashboard.addWidgets(
    graph(
      'Runs',
      ['RunsSucceeded', 'RunsFailed'].map((name) => own(name)),
    ),
    graph('Jobs of runs, ms, p95', [own('ChunkMs', 'p95')]),
  )
  dashboard.addWidgets(
    graph(
      'Messages waiting',
      queues.map(({ name, queue }) => queue.metricApproximateNumberOfMessagesVisible({ label: name })),
    ),
    graph(
      'Given up',
      dead.map(({ name, each: letters }) => letters.metricApproximateNumberOfMessagesVisible({ label: name })),
    ),
  )
  dashboard.addWidgets(
    graph(
      'Calls',
      each(busy, (lambda, label) => lambda.metricInvocations({ label })),
    ),
    // An alarm tells of health, which is one metric too many here.
    graph(
      'Errors',
      each(
        Object.keys(lambdas).filter((name) => name !== 'health'),
        (lambda, label) => lambda.metricErrors({ label }),
      ),
    ),
  )
  dashboard.addWidgets(
    graph(
      'Duration, p95',
      each(busy, (lambda, label) => lambda.metricDuration({ label, statistic: 'p95' })),
    ),
    graph('Calls at once and refused, whole account', [
      new Metric({ namespace: 'AWS/Lambda', metricName: 'ConcurrentExecutions', statistic: 'Maximum' }),
      new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', statistic: 'Sum' }),
    ]),
  )
}

const MINUTE = Duration.minutes(1)
const FIVE_MINUTES = Duration.minutes(5)

const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12 })
