import { describe, expect, test } from 'vitest'
import { type Resource, stacksOf } from './synthesized.ts'

const stacks = await stacksOf('production')
const { words } = stacks

/** Who works a queue off, how many messages a call gets and how often one is tried. */
const QUEUES = [
  { name: 'generate', worker: 'generate', batch: 1, receives: 3 },
  { name: 'chunk', worker: 'chunk', batch: 1, receives: 3 },
  { name: 'merge', worker: 'merge', batch: 1, receives: 3 },
  { name: 'alert', worker: 'alertrun', batch: 1, receives: 3 },
  { name: 'notify', worker: 'notify', batch: 10, receives: 5 },
  { name: 'uploads', worker: 'barsingest', batch: 1, receives: 3 },
]

const queueOf = (name: string): Resource => stacks.one('AWS::SQS::Queue', name)
const sourceOf = (name: string): Resource =>
  stacks
    .ofType('AWS::Lambda::EventSourceMapping')
    .find(({ Properties }) => words(Properties.EventSourceArn) === `${name}.Arn`)!

test('every queue has a place for what was tried in vain, which keeps it as long as SQS can', () => {
  const all = stacks.ofType('AWS::SQS::Queue')
  const dead = all.filter(({ id }) => id.endsWith('dead'))
  expect(all.map(({ id }) => id).sort()).toEqual(
    [...QUEUES.flatMap(({ name }) => [name, `${name}dead`]), 'fetchdead'].sort(),
  )
  for (const { Properties } of dead) expect(Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600)
})

test('every queue is encrypted and answers over TLS only', () => {
  const policies = stacks.ofType('AWS::SQS::QueuePolicy')
  for (const { id, Properties } of stacks.ofType('AWS::SQS::Queue')) {
    expect(Properties.SqsManagedSseEnabled).toBe(true)
    const policy = policies.find((each) => each.Properties.Queues.map(words).includes(id))
    expect(policy?.Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    )
  }
})

describe.each(QUEUES)('the queue $name', ({ name, worker, batch, receives }) => {
  const { Properties: queue } = queueOf(name)
  const { Properties: source } = sourceOf(name)
  const { Properties: lambda } = stacks.one('AWS::Lambda::Function', worker)

  test('is worked off by its function, which may fail a part of a batch', () => {
    expect(words(source.FunctionName)).toBe(worker)
    expect(source).toMatchObject({ BatchSize: batch, FunctionResponseTypes: ['ReportBatchItemFailures'] })
  })

  test('hides a message for at least six times as long as the function may take', () => {
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * lambda.Timeout)
    // SQS allows no more.
    expect(queue.VisibilityTimeout).toBeLessThanOrEqual(12 * 3600)
  })

  test('gives a message up after its attempts', () => {
    expect(words(queue.RedrivePolicy.deadLetterTargetArn)).toBe(`${name}dead.Arn`)
    expect(queue.RedrivePolicy.maxReceiveCount).toBe(receives)
  })
})

test('all queues together leave calls at once to the API', () => {
  const widths = QUEUES.map(({ name }) => sourceOf(name).Properties.ScalingConfig.MaximumConcurrency as number)
  // SQS's own limits on the setting; 1,000 is what an account has before it asks for more.
  for (const width of widths) expect(width).toBeGreaterThanOrEqual(2)
  expect(widths.reduce((sum, width) => sum + width)).toBeLessThanOrEqual(500)
})
