import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import type { Queue } from 'aws-cdk-lib/aws-sqs'

/** Allows these actions on these resources, which are named: no grant here ends in a star that AWS does not demand. */
const allow = (actions: string[], resources: string[]) => new PolicyStatement({ actions, resources })

/** One record at a time, by its key. */
export const getRecords = (table: Table): PolicyStatement[] => [allow(['dynamodb:GetItem'], [table.tableArn])]

export const readTable = (table: Table): PolicyStatement[] => [
  allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'], [table.tableArn]),
]

export const writeTable = (table: Table): PolicyStatement[] => [
  ...readTable(table),
  allow(['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], [table.tableArn]),
]

/**
 * Reads under a prefix. Listing is asked for the bucket as a whole: without it (or with a condition on the prefix, which a read does not
 * carry) S3 answers a missing object with 403, as though it were forbidden.
 */
export const readObjects = (bucket: Bucket, prefix = ''): PolicyStatement[] => [
  allow(['s3:GetObject'], [bucket.arnForObjects(`${prefix}*`)]),
  allow(['s3:ListBucket'], [bucket.bucketArn]),
]

export const addObjects = (bucket: Bucket, prefix = ''): PolicyStatement[] => [
  ...readObjects(bucket, prefix),
  allow(['s3:PutObject'], [bucket.arnForObjects(`${prefix}*`)]),
]

export const changeObjects = (bucket: Bucket, prefix = ''): PolicyStatement[] => [
  ...addObjects(bucket, prefix),
  allow(['s3:DeleteObject'], [bucket.arnForObjects(`${prefix}*`)]),
]

export const send = (...queues: { queue: Queue }[]): PolicyStatement[] => [
  allow(
    ['sqs:SendMessage'],
    queues.map(({ queue }) => queue.queueArn),
  ),
]

/** Asks an address whether it wants to be told what a topic has for it. */
export const askSubscribers = ({ topicArn }: Topic): PolicyStatement[] => [allow(['sns:Subscribe'], [topicArn])]

/** The subscriptions of one topic; a subscription's name is its topic's and a part of its own. */
export const manageSubscribers = ({ topicArn }: Topic): PolicyStatement[] => [
  allow(['sns:Subscribe', 'sns:ListSubscriptionsByTopic'], [topicArn]),
  allow(
    ['sns:GetSubscriptionAttributes', 'sns:SetSubscriptionAttributes', 'sns:Unsubscribe'],
    [topicArn, `${topicArn}:*`],
  ),
]

/** Writes to a topic, whose messages lie under its key. */
export const publish = ({ topicArn, masterKey }: Topic): PolicyStatement[] => [
  allow(['sns:Publish'], [topicArn]),
  ...(masterKey ? [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [masterKey.keyArn])] : []),
]
