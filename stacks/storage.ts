import { Duration } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  HttpMethods,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import { NagSuppressions } from 'cdk-nag'
import type { Stack } from 'sst/constructs'
import type { Settings } from './settings.ts'
import { isProduction, removalOf } from './stages.ts'

/** A finished run is answered from its stored result for so long; asked again after that, it is computed again. */
const RESULT_DAYS = 90
/** An overwritten or deleted object can be brought back for so long. */
const UNDO_DAYS = 30

export interface Storage {
  table: Table
  bars: Bucket
  results: Bucket
}

/** Where everything lies that outlives a request: records in one table, bars and results in buckets. */
export function createStorage(stack: Stack, settings: Settings): Storage {
  const removalPolicy = removalOf(stack.stage)
  const closed: BucketProps = {
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy,
    autoDeleteObjects: !isProduction(stack.stage),
  }
  const halfSent = { abortIncompleteMultipartUploadAfter: Duration.days(1) }

  const table = new Table(stack, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.AWS_MANAGED,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'ttl',
    deletionProtection: isProduction(stack.stage),
    removalPolicy,
  })

  const accessLogs = new Bucket(stack, 'AccessLogs', {
    ...closed,
    lifecycleRules: [{ ...halfSent, expiration: Duration.days(RESULT_DAYS) }],
  })
  NagSuppressions.addResourceSuppressions(accessLogs, [
    { id: 'AwsSolutions-S1', reason: 'It holds the access logs of the others; logging itself would never end.' },
  ])

  const bars = new Bucket(stack, 'Bars', {
    ...closed,
    versioned: true,
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: 'bars/',
    lifecycleRules: [
      { ...halfSent, noncurrentVersionExpiration: Duration.days(UNDO_DAYS), expiredObjectDeleteMarker: true },
      { prefix: 'uploads/done/', expiration: Duration.days(RESULT_DAYS) },
      { prefix: 'uploads/failed/', expiration: Duration.days(RESULT_DAYS) },
    ],
  })
  // A property, not eventBridgeEnabled: that one is set by a function of CDK's own, which may change any bucket's notifications.
  const cfnBars = bars.node.defaultChild as CfnBucket
  cfnBars.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }

  const results = new Bucket(stack, 'Results', {
    ...closed,
    versioned: true,
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: 'results/',
    // A lifecycle rule knows prefixes only: inputs and answers of chunks (results/RUN/STEP/...) go with their run's result.
    lifecycleRules: [
      { ...halfSent, noncurrentVersionExpiration: Duration.days(1), expiredObjectDeleteMarker: true },
      { prefix: 'results/', expiration: Duration.days(RESULT_DAYS) },
    ],
    // Signed links to large results are followed by the pages that may call the API.
    cors: settings.corsOrigins.length
      ? [{ allowedMethods: [HttpMethods.GET], allowedOrigins: settings.corsOrigins }]
      : undefined,
  })

  stack.addOutputs({ BarsBucket: bars.bucketName, ResultsBucket: results.bucketName, TableName: table.tableName })
  return { table, bars, results }
}
