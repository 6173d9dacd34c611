import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { type FunctionProps, Function as Lambda, type Stack } from 'sst/constructs'
import { nodejs } from './bundling.ts'
import { explainLambda, explainRole } from './findings.ts'
import { environmentOf, type Resources } from './resources.ts'
import { type LambdaName, SIZES } from './sizes.ts'
import { logDaysOf, removalOf } from './stages.ts'

export interface LambdaOptions
  extends Pick<FunctionProps, 'bind' | 'copyFiles' | 'hooks' | 'retryAttempts' | 'deadLetterQueue'> {
  /** all the function may do, beside writing its own log and traces and taking from the queue that feeds it */
  may: PolicyStatement[]
  environment?: Record<string, string>
  /** whether what the code imports when it needs it is files of their own, which a start does not read */
  splitting?: boolean
}

/** The function `functions/lambda/NAME.ts`, with a role and a log of its own: the role CDK would make may write any log. */
export function createLambda(stack: Stack, name: LambdaName, resources: Resources, options: LambdaOptions): Lambda {
  const { may, environment, splitting, ...props } = options
  const { memoryMb, timeoutS } = SIZES[name]
  const logGroup = new LogGroup(stack, `${name}-log`, {
    retention: logDaysOf(stack.stage),
    removalPolicy: removalOf(stack.stage),
  })
  const role = new Role(stack, `${name}-role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
  const writeLog = new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  })
  for (const statement of [writeLog, ...may]) role.addToPolicy(statement)
  const lambda = new Lambda(stack, name, {
    handler: `functions/lambda/${name}.handler`,
    runtime: 'nodejs22.x',
    architecture: 'arm_64',
    memorySize: memoryMb,
    timeout: timeoutS,
    nodejs: { ...nodejs, splitting },
    tracing: 'active',
    role,
    logGroup,
    environment: {
      ...environmentOf(resources),
      ...observedAs(stack),
      NODE_OPTIONS: '--enable-source-maps',
      ...environment,
    },
    ...props,
  })
  explainRole(role)
  explainLambda(lambda)
  return lambda
}

/** By which names logs, metrics and traces are found. */
export const observedAs = ({ stage }: Stack): Record<string, string> => ({
  POWERTOOLS_SERVICE_NAME: `saywhen-${stage}`,
  POWERTOOLS_METRICS_NAMESPACE: METRICS,
})
export const METRICS = 'Saywhen'
