import { expect, test } from 'vitest'
import { lambdasOf, stacksOf } from './synthesized.ts'

const stacks = await stacksOf('production')
const { words } = stacks
const alarms = stacks.ofType('AWS::CloudWatch::Alarm')

/** The alarms on a metric of a resource. */
const on = (metric: string, resource: string) =>
  alarms.filter(
    ({ Properties }) =>
      Properties.MetricName === metric &&
      Properties.Dimensions.some(
        ({ Value }: { Value: unknown }) => words(Value).replace('.QueueName', '') === resource,
      ),
  )

test.each(['generate', 'chunk', 'merge', 'alert', 'notify', 'uploads', 'fetch'])(
  'somebody is called when work of %s was given up',
  (name) => {
    const [alarm] = on('ApproximateNumberOfMessagesVisible', `${name}dead`)
    expect(alarm.Properties).toMatchObject({
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      Statistic: 'Maximum',
    })
  },
)

test.each(['generate', 'chunk', 'merge', 'alert', 'notify', 'uploads'])(
  'somebody is called when messages of %s grow old',
  (name) => {
    const [{ Properties }] = on('ApproximateAgeOfOldestMessage', name)
    // A message that is tried once more waits for six time-outs: that alone is no reason to call.
    const { VisibilityTimeout } = stacks.one('AWS::SQS::Queue', name).Properties
    expect(Properties.Threshold).toBeGreaterThanOrEqual(VisibilityTimeout)
  },
)

test('somebody is called when a function fails or is refused calls, and when the API fails', () => {
  const lambdas = lambdasOf(stacks)
  expect(lambdas.length).toBeGreaterThan(10)
  for (const { id } of lambdas) {
    expect(on('Errors', id)).toHaveLength(1)
    expect(on('Throttles', id)).toHaveLength(1)
  }
  expect(alarms.filter(({ Properties }) => Properties.MetricName === '5xx')).toHaveLength(1)
})

test('every alarm goes to the topic of alarms, which CloudWatch may write to', () => {
  for (const { Properties } of alarms) expect(Properties.AlarmActions.map(words)).toEqual(['AlarmTopic'])
  const policy = stacks
    .ofType('AWS::SNS::TopicPolicy')
    .find(({ Properties }) => Properties.Topics.map(words).includes('AlarmTopic'))!
  const cloudwatch = { Service: 'cloudwatch.amazonaws.com' }
  expect(policy.Properties.PolicyDocument.Statement).toContainEqual(
    expect.objectContaining({ Effect: 'Allow', Action: 'sns:Publish', Principal: cloudwatch }),
  )
  expect(stacks.one('AWS::KMS::Key', 'TopicKey').Properties.KeyPolicy.Statement).toContainEqual(
    expect.objectContaining({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Principal: cloudwatch,
      Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    }),
  )
})

test('topics are encrypted under a key that is renewed each year, and take messages over TLS only', () => {
  expect(stacks.one('AWS::KMS::Key', 'TopicKey').Properties.EnableKeyRotation).toBe(true)
  for (const id of ['AlertTopic', 'AlarmTopic']) {
    expect(words(stacks.one('AWS::SNS::Topic', id).Properties.KmsMasterKeyId)).toBe('TopicKey.Arn')
    const policy = stacks
      .ofType('AWS::SNS::TopicPolicy')
      .find(({ Properties }) => Properties.Topics.map(words).includes(id))!
    expect(policy.Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    )
  }
})

test('one page shows requests, queues and functions', () => {
  const [{ Properties }] = stacks.ofType('AWS::CloudWatch::Dashboard')
  const body = JSON.parse(words(Properties.DashboardBody)) as {
    widgets: { properties: { title: string; metrics: unknown[] } }[]
  }
  expect(body.widgets.map(({ properties }) => properties.title)).toEqual(
    expect.arrayContaining(['Requests', 'Messages waiting', 'Given up', 'Errors', 'Calls', 'Duration, p95']),
  )
  // CloudWatch asks nothing for three pages of up to 50.
  expect(body.widgets.reduce((sum, { properties }) => sum + properties.metrics.length, 0)).toBeLessThanOrEqual(50)
})
