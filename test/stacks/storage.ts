import { describe, expect, test } from 'vitest'
import { stacksOf } from './synthesized.ts'

const production = await stacksOf('production')
const dev = await stacksOf('dev')
const BUCKETS = ['AccessLogs', 'Bars', 'Results']
const DATA = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::Logs::LogGroup', 'AWS::KMS::Key']

test('the table is encrypted, can be taken back to any second and forgets what has a ttl', () => {
  const { Properties } = production.one('AWS::DynamoDB::Table', 'Table')
  expect(Properties).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    DeletionProtectionEnabled: true,
  })
  // Every key the adapters use is one of these two.
  expect(Properties.AttributeDefinitions.map(({ AttributeType }: { AttributeType: string }) => AttributeType)).toEqual([
    'S',
    'S',
  ])
})

describe.each(BUCKETS)('the bucket %s', (id) => {
  const { Properties } = production.one('AWS::S3::Bucket', id)

  test('is encrypted and shut to the public', () => {
    expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration).toHaveLength(1)
    expect(Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    })
    expect(Properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }])
    expect(Properties.CorsConfiguration).toBeUndefined()
  })

  test('answers over TLS only', () => {
    const policy = production
      .ofType('AWS::S3::BucketPolicy')
      .find(({ Properties: { Bucket } }) => production.words(Bucket) === id)
    expect(policy?.Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:*',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    )
  })

  test('keeps no half-sent file', () => {
    expect(Properties.LifecycleConfiguration.Rules).toContainEqual(
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }),
    )
  })
})

test.each(['Bars', 'Results'])('the bucket %s keeps versions, for a while, and a log of who asked', (id) => {
  const { Properties } = production.one('AWS::S3::Bucket', id)
  expect(Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' })
  expect(Properties.LifecycleConfiguration.Rules).toContainEqual(
    expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: expect.any(Number) } }),
  )
  expect(production.words(Properties.LoggingConfiguration.DestinationBucketName)).toBe('AccessLogs')
})

test('results go after 90 days; of bars only what was uploaded does', () => {
  const expiring = (id: string) =>
    production
      .one('AWS::S3::Bucket', id)
      .Properties.LifecycleConfiguration.Rules.filter((rule: { ExpirationInDays?: number }) => rule.ExpirationInDays)
      .map(({ Prefix, ExpirationInDays }: Record<string, unknown>) => [Prefix, ExpirationInDays])
  expect(expiring('Results')).toEqual([['results/', 90]])
  expect(expiring('Bars')).toEqual([
    ['uploads/done/', 90],
    ['uploads/failed/', 90],
  ])
})

test('production keeps its data when its stacks go, and other stages keep nothing', () => {
  for (const type of DATA) {
    expect(production.ofType(type).length).toBeGreaterThan(0)
    for (const { id, DeletionPolicy } of production.ofType(type)) expect([id, DeletionPolicy]).toEqual([id, 'Retain'])
    for (const { id, DeletionPolicy } of dev.ofType(type)) expect([id, DeletionPolicy]).toEqual([id, 'Delete'])
  }
  expect(dev.one('AWS::DynamoDB::Table', 'Table').Properties.DeletionProtectionEnabled).toBe(false)
  // CloudFormation removes empty buckets only.
  const emptied = dev.ofType('Custom::S3AutoDeleteObjects').map(({ Properties }) => dev.words(Properties.BucketName))
  expect(emptied.sort()).toEqual(BUCKETS)
  expect(production.ofType('Custom::S3AutoDeleteObjects')).toEqual([])
})
