import { describe, expect, test } from 'vitest'
import { routes } from '../../functions/routes.ts'
import { settingsOf } from '../../stacks/settings.ts'
import { type Synthesized, stacksOf, synthesized } from './synthesized.ts'

const HASH = 'a'.repeat(64)
const plain = await stacksOf('production')
const set = await synthesized({
  stage: 'production',
  env: {
    SAYWHEN_CORS_ORIGINS: 'https://example.com, http://localhost:3000',
    SAYWHEN_OPERATOR_KEY_HASH: HASH,
    SAYWHEN_JWT_ISSUER: 'https://issuer.example.com/',
    SAYWHEN_JWT_AUDIENCE: 'saywhen',
    SAYWHEN_QUOTA_RUNS: '7',
    SAYWHEN_ALARM_EMAIL: 'ops@example.com',
    SAYWHEN_BARS_PROVIDER: 'alpaca',
    SAYWHEN_ALPACA_FEED: 'iex',
  },
})

// The handlers are not called: what they are made of does not matter here.
const table = routes(() => undefined as never, undefined as never).map(({ method, path }) => `${method} ${path}`)
const routesOf = (stacks: Synthesized) => stacks.ofType('AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties)

describe('routes', () => {
  test.each(table)('%s is served, by a function', (route) => {
    const found = routesOf(plain).filter(({ RouteKey }) => RouteKey === route)
    expect(found).toHaveLength(1)
    expect(plain.words(found[0].Target)).toMatch(/^integrations\/.+/)
  })

  test('none leads where no handler is', () => {
    expect(routesOf(plain).flatMap(({ RouteKey }) => (table.includes(RouteKey) ? [] : [RouteKey]))).toEqual([])
  })

  test('every one asks the authorizer first, but health', () => {
    const open = routesOf(plain).filter(
      ({ AuthorizationType, AuthorizerId }) => AuthorizationType !== 'CUSTOM' || AuthorizerId === undefined,
    )
    expect(open.map(({ RouteKey }) => RouteKey)).toEqual(['GET /health'])
  })
})

test('a verdict of the authorizer holds for a minute, for the header it was made of', () => {
  const [{ Properties }] = plain.ofType('AWS::ApiGatewayV2::Authorizer')
  expect(Properties).toMatchObject({
    AuthorizerType: 'REQUEST',
    AuthorizerResultTtlInSeconds: 60,
    EnableSimpleResponses: true,
    AuthorizerPayloadFormatVersion: '2.0',
    IdentitySource: ['$request.header.Authorization'],
  })
  expect(plain.ofType('AWS::ApiGatewayV2::Authorizer')).toHaveLength(1)
})

test('requests are logged without what identifies a caller’s key, and throttled', () => {
  const [{ Properties }] = plain.ofType('AWS::ApiGatewayV2::Stage')
  expect(plain.words(Properties.AccessLogSettings.DestinationArn)).toBe('HttpLogGroup.Arn')
  expect(Properties.AccessLogSettings.Format).not.toMatch(/authorizer|header/i)
  expect(Properties.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 })
})

test('pages may call it from the origins that are named, and from none otherwise', () => {
  const corsOf = (stacks: Synthesized) => stacks.ofType('AWS::ApiGatewayV2::Api')[0].Properties.CorsConfiguration
  expect(corsOf(plain)).toBeUndefined()
  expect(corsOf(set)).toMatchObject({ AllowOrigins: ['https://example.com', 'http://localhost:3000'] })
  expect(corsOf(set).AllowCredentials).not.toBe(true)
  // Signed links to large results are followed by the same pages.
  const { CorsConfiguration } = set.one('AWS::S3::Bucket', 'Results').Properties
  expect(CorsConfiguration.CorsRules).toMatchObject([
    { AllowedMethods: ['GET'], AllowedOrigins: corsOf(set).AllowOrigins },
  ])
})

test('settings reach the functions that they are for', () => {
  const environment = (id: string) => set.one('AWS::Lambda::Function', id).Properties.Environment.Variables
  expect(environment('authorize')).toMatchObject({
    SAYWHEN_OPERATOR_KEY_HASH: HASH,
    SAYWHEN_JWT_ISSUER: 'https://issuer.example.com/',
    SAYWHEN_JWT_AUDIENCE: 'saywhen',
  })
  expect(environment('ask')).toMatchObject({ SAYWHEN_QUOTA_RUNS: '7' })
  expect(environment('merge')).toMatchObject({ SAYWHEN_QUOTA_RUNS: '7' })
  expect(environment('barsfetch')).toMatchObject({ SAYWHEN_ALPACA_FEED: 'iex' })
  expect(environment('ask').SAYWHEN_OPERATOR_KEY_HASH).toBeUndefined()
  expect(environment('chunk').SAYWHEN_QUOTA_RUNS).toBeUndefined()
  const [{ Properties }] = set.ofType('AWS::SNS::Subscription')
  expect(Properties).toMatchObject({ Protocol: 'email', Endpoint: 'ops@example.com' })
  expect(plain.ofType('AWS::SNS::Subscription')).toEqual([])
})

test.each([
  ['SAYWHEN_CORS_ORIGINS', '*'],
  ['SAYWHEN_CORS_ORIGINS', 'https://example.com/path'],
  ['SAYWHEN_OPERATOR_KEY_HASH', 'swk_the-key-itself'],
  ['SAYWHEN_JWT_ISSUER', 'http://issuer.example.com'],
  ['SAYWHEN_JWT_AUDIENCE', 'an audience without its issuer'],
  ['SAYWHEN_QUOTA_RUNS', '-1'],
  ['SAYWHEN_ALARM_EMAIL', 'nobody'],
  ['SAYWHEN_BARS_PROVIDER', 'yahoo'],
])('a deployment with %s=%s is refused before it begins', (variable, value) => {
  expect(() => settingsOf({ [variable]: value })).toThrow(variable)
})

test('a variable that is empty is not set', () => {
  expect(settingsOf({ SAYWHEN_CORS_ORIGINS: '', SAYWHEN_JWT_ISSUER: '' })).toEqual(settingsOf({}))
})

describe('schedules', () => {
  test('each minute looks after runs and alerts', () => {
    const { Properties } = plain.one('AWS::Events::Rule', 'Minute')
    expect(Properties.ScheduleExpression).toBe('rate(1 minute)')
    expect(Properties.Targets.map(({ Arn }: { Arn: unknown }) => plain.words(Arn)).sort()).toEqual([
      'alerttick.Arn',
      'sweep.Arn',
    ])
  })

  test('an upload is put in a queue, which few imports at once work off', () => {
    const { Properties } = plain.one('AWS::Events::Rule', 'Upload')
    expect(Properties.EventPattern).toMatchObject({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { object: { key: [{ prefix: 'uploads/' }] } },
    })
    expect(plain.words(Properties.EventPattern.detail.bucket.name[0])).toBe('Bars')
    expect(plain.words(Properties.Targets[0].Arn)).toBe('uploads.Arn')
    const { NotificationConfiguration } = plain.one('AWS::S3::Bucket', 'Bars').Properties
    expect(NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } })
    // Two at a time: imports that run at once make each other be done again.
    const source = plain
      .ofType('AWS::Lambda::EventSourceMapping')
      .find((each) => plain.words(each.Properties.EventSourceArn) === 'uploads.Arn')
    expect(source?.Properties.ScalingConfig).toEqual({ MaximumConcurrency: 2 })
  })

  test('bars are fetched after the close in New York, summer and winter, when a provider is named', () => {
    const { Properties } = set.one('AWS::Scheduler::Schedule', 'Fetch')
    expect(Properties).toMatchObject({
      ScheduleExpression: 'cron(30 16,17 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'America/New_York',
      State: 'ENABLED',
    })
    expect(set.words(Properties.Target.Arn)).toBe('barsfetch.Arn')
    const { DeadLetterConfig } = set.one('AWS::Lambda::Function', 'barsfetch').Properties
    expect(set.words(DeadLetterConfig.TargetArn)).toBe('fetchdead.Arn')
    expect(plain.one('AWS::Scheduler::Schedule', 'Fetch').Properties.State).toBe('DISABLED')
  })
})
