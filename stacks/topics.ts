import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Stack } from 'sst/constructs'
import type { Settings } from './settings.ts'
import { removalOf } from './stages.ts'

export interface Topics {
  /** fires, to the addresses that people named and confirmed; each address is told its own alerts only */
  alertTopic: Topic
  /** alarms, to whoever runs the deployment */
  alarmTopic: Topic
}

/** Two topics under one key: CloudWatch cannot write to a topic under the key that SNS has of its own. */
export function createTopics(stack: Stack, { alarmEmail }: Settings): Topics {
  const key = new Key(stack, 'TopicKey', {
    description: 'Messages of Saywhen’s topics while they wait to be delivered',
    enableKeyRotation: true,
    removalPolicy: removalOf(stack.stage),
  })
  const alarms = new ServicePrincipal('cloudwatch.amazonaws.com')
  const ofThisAccount = { StringEquals: { 'aws:SourceAccount': stack.account } }
  key.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [alarms],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'], // in a key's own policy: this key
      conditions: ofThisAccount,
    }),
  )
  const alertTopic = new Topic(stack, 'AlertTopic', { displayName: 'Saywhen', masterKey: key, enforceSSL: true })
  const alarmTopic = new Topic(stack, 'AlarmTopic', { displayName: 'Saywhen alarms', masterKey: key, enforceSSL: true })
  alarmTopic.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [alarms],
      actions: ['sns:Publish'],
      resources: [alarmTopic.topicArn],
      conditions: ofThisAccount,
    }),
  )
  if (alarmEmail !== undefined) alarmTopic.addSubscription(new EmailSubscription(alarmEmail))
  return { alertTopic, alarmTopic }
}
