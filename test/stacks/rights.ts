import { expect, test } from 'vitest'
import { idOf, lambdasOf, type Resource, stacksOf } from './synthesized.ts'

const stacks = await stacksOf('production')
const { words } = stacks

/** What each function needs for what it does, and no more. */
const MAY: Record<string, string[]> = {
  authorize: ['get records'],
  health: ['read bars'],
  ask: ['change records', 'read bars', 'read results', 'send merge', 'send generate'],
  runs: ['change records', 'read results'],
  explain: ['change records', 'read bars', 'read results', 'send merge'],
  rules: ['read bars'],
  subscriptions: ['change records', 'read bars', 'ask subscribers'],
  keys: ['change records'],
  generate: ['change records', 'change results', 'read bars', 'send chunk', 'take generate', 'know SAYWHEN_GEMINI_KEY'],
  chunk: ['get records', 'add results', 'read bars', 'send merge', 'send generate', 'take chunk'],
  merge: ['change records', 'change results', 'read bars', 'send chunk', 'take merge'],
  'alert-run': ['change records', 'add results', 'read bars', 'send alert', 'send chunk', 'send notify', 'take alert'],
  notify: ['change records', 'publish', 'send notify', 'take notify'],
  sweep: ['change records', 'add results', 'send merge', 'send generate'],
  'alert-tick': ['change records', 'read bars', 'send alert', 'send notify', 'manage subscribers'],
  'bars-ingest': ['change records', 'change bars', 'send alert', 'send notify', 'take uploads'],
  'bars-fetch': [
    ...['change records', 'change bars', 'send alert', 'send notify', 'send fetchdead'],
    ...['know SAYWHEN_ALPACA_KEY_ID', 'know SAYWHEN_ALPACA_SECRET'],
  ],
}

/** The actions on resources that such words come to. */
function rightsIn(phrase: string, name: string): string[] {
  const [verb, what] = phrase.split(' ')
  const get = ['dynamodb:GetItem Table.Arn']
  const read = ['BatchGetItem', 'Query'].map((action) => `dynamodb:${action} Table.Arn`)
  const write = ['PutItem', 'UpdateItem', 'DeleteItem'].map((action) => `dynamodb:${action} Table.Arn`)
  const [bucket, under] = what === 'results' ? ['Results.Arn', 'results/*'] : ['Bars.Arn', '*']
  const objects = (...actions: string[]) => [
    `s3:ListBucket ${bucket}`,
    ...actions.map((action) => `s3:${action} ${bucket}/${under}`),
  ]
  const ofQueue = ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueUrl', 'GetQueueAttributes']
  const secret = `parameter/sst/saywhen`
  switch (verb === 'send' || verb === 'take' || verb === 'know' ? verb : phrase) {
    case 'get records':
      return get
    case 'change records':
      return [...get, ...read, ...write]
    case 'read bars':
    case 'read results':
      return objects('GetObject')
    case 'add results':
      return objects('GetObject', 'PutObject')
    case 'change bars':
    case 'change results':
      return objects('GetObject', 'PutObject', 'DeleteObject')
    case 'send':
      return [`sqs:SendMessage ${what}.Arn`]
    case 'take':
      return ofQueue.map((action) => `sqs:${action} ${what}.Arn`)
    case 'know':
      return ['production', '.fallback'].map(
        (stage) =>
          `ssm:GetParameters arn:AWS::Partition:ssm:us-east-1:123456789012:${secret}/${stage}/Secret/${what}/value`,
      )
    case 'publish':
      return ['sns:Publish AlertTopic', 'kms:Decrypt TopicKey.Arn', 'kms:GenerateDataKey TopicKey.Arn']
    case 'ask subscribers':
      return ['sns:Subscribe AlertTopic']
    case 'manage subscribers':
      return [
        ...['Subscribe', 'ListSubscriptionsByTopic'].map((action) => `sns:${action} AlertTopic`),
        ...['GetSubscriptionAttributes', 'SetSubscriptionAttributes', 'Unsubscribe'].flatMap((action) => [
          `sns:${action} AlertTopic`,
          `sns:${action} AlertTopic:*`,
        ]),
      ]
  }
  throw new Error(`Nobody knows what "${phrase}" of ${name} comes to.`)
}

/** Its own log, and traces, which AWS knows no narrower way to allow. */
const everyones = (name: string) => [
  `logs:CreateLogStream ${idOf(name)}log.Arn`,
  `logs:PutLogEvents ${idOf(name)}log.Arn`,
  'xray:PutTraceSegments *',
  'xray:PutTelemetryRecords *',
]

interface Statement {
  Effect: string
  Action: string | string[]
  Resource: unknown
}
const list = <Item>(value: Item | Item[]): Item[] => (Array.isArray(value) ? value : [value])
const statementsOf = ({ Properties }: Resource): Statement[] => Properties.PolicyDocument.Statement

/** Every action that the role of a function allows, with its resource. */
function rightsOf(name: string): string[] {
  const role = words(stacks.one('AWS::Lambda::Function', idOf(name)).Properties.Role).replace('.Arn', '')
  const { ManagedPolicyArns, Policies } = stacks.one('AWS::IAM::Role', role).Properties
  expect([ManagedPolicyArns, Policies]).toEqual([undefined, undefined])
  return stacks
    .ofType('AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.Roles.map(words).includes(role))
    .flatMap(statementsOf)
    .flatMap(({ Action, Resource }) =>
      list(Action).flatMap((action) => list(Resource).map((resource) => `${action} ${words(resource)}`)),
    )
}

test.each(Object.keys(MAY))('%s may do what it is for, and nothing else', (name) => {
  const expected = [...everyones(name), ...MAY[name].flatMap((phrase) => rightsIn(phrase, name))]
  expect([...new Set(rightsOf(name))].sort()).toEqual([...new Set(expected)].sort())
})

test('no function is left out of these rights', () => {
  const ids = lambdasOf(stacks).map(({ id }) => id)
  expect(ids.sort()).toEqual(Object.keys(MAY).map(idOf).sort())
})

test('the function that runs strangers’ code writes results and word of them, and knows no secret', () => {
  const rights = rightsOf('chunk').filter((right) => !everyones('chunk').includes(right))
  const writes = rights.filter((right) => !/:(Get|List|Receive|BatchGet|Query)/.test(right))
  expect(writes.sort()).toEqual([
    's3:PutObject Results.Arn/results/*',
    'sqs:ChangeMessageVisibility chunk.Arn',
    'sqs:DeleteMessage chunk.Arn',
    'sqs:SendMessage generate.Arn',
    'sqs:SendMessage merge.Arn',
  ])
  const { Variables } = stacks.one('AWS::Lambda::Function', 'chunk').Properties.Environment
  expect(Object.keys(Variables).filter((name) => /secret|key|jwt|hash|token/i.test(name))).toEqual([])
})

test('secrets stand in no template, and only where they are used is it said where they lie', () => {
  const holders = lambdasOf(stacks).flatMap(({ id, Properties }) =>
    Object.entries(Properties.Environment.Variables as Record<string, unknown>)
      .filter(([name]) => name.startsWith('SST_Secret_'))
      .map(([name, value]) => `${id} ${name} ${value}`),
  )
  expect(holders.sort()).toEqual([
    'barsfetch SST_Secret_value_SAYWHEN_ALPACA_KEY_ID __FETCH_FROM_SSM__',
    'barsfetch SST_Secret_value_SAYWHEN_ALPACA_SECRET __FETCH_FROM_SSM__',
    'generate SST_Secret_value_SAYWHEN_GEMINI_KEY __FETCH_FROM_SSM__',
  ])
})

test('no policy names all actions, and none all resources but for what AWS has no narrower way', () => {
  const statements = stacks.ofType('AWS::IAM::Policy').flatMap(statementsOf)
  expect(statements.length).toBeGreaterThan(50)
  for (const { Effect, Action, Resource } of statements) {
    expect(Effect).toBe('Allow')
    for (const action of list(Action)) expect(action).not.toContain('*')
    if (list(Resource).some((resource) => resource === '*'))
      expect(list(Action)).toEqual(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'])
  }
})
