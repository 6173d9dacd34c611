import type { Role } from 'aws-cdk-lib/aws-iam'
import { NagSuppressions } from 'cdk-nag'
import type { Function as Lambda, Stack } from 'sst/constructs'

/** What cdk-nag finds and why it stays, each finding by its name: everything else it finds fails the tests. */

const RUNTIME = {
  id: 'AwsSolutions-L1',
  reason:
    'Node 22 is supported until April 2027 and is what the pinned packages are known to run on; newer is not better.',
}

export function explainLambda(lambda: Lambda): void {
  NagSuppressions.addResourceSuppressions(lambda, [RUNTIME])
}

export function explainRole(role: Role): void {
  const found = (appliesTo: (string | { regex: string })[], reason: string) => ({
    id: 'AwsSolutions-IAM5',
    appliesTo,
    reason,
  })
  NagSuppressions.addResourceSuppressions(
    role,
    [
      found(['Resource::*'], 'Traces: xray:PutTraceSegments and xray:PutTelemetryRecords know no resource.'),
      found([{ regex: '/^Resource::<Bars\\w+\\.Arn>\\/\\*$/' }], 'All objects of the one bucket that holds bars.'),
      found(
        [{ regex: '/^Resource::<Results\\w+\\.Arn>\\/results\\/\\*$/' }],
        'Results of runs, whose ids do not exist yet.',
      ),
      found(
        [{ regex: '/^Resource::<AlertTopic\\w+>:\\*$/' }],
        'Subscriptions of this topic; they are named when made.',
      ),
    ],
    true,
  )
}

/** Each stack of SST has a function for custom resources of SST's own; none is used here, and it runs nothing of ours. */
export function explainStack(stack: Stack): void {
  const handler = stack.node.findChild('CustomResourceHandler')
  const reason =
    'The log of a function that SST puts into every stack, for custom resources that there are none of here.'
  NagSuppressions.addResourceSuppressions(handler, [RUNTIME, { id: 'AwsSolutions-IAM4', reason }], true)
}
