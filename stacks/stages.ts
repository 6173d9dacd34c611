import { RemovalPolicy } from 'aws-cdk-lib'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'

/** Stages whose data outlives the removal of their stacks. Any other stage leaves nothing behind. */
export const isProduction = (stage: string): boolean => stage === 'prod' || stage === 'production'

/** What becomes of data when its stack is removed. */
export const removalOf = (stage: string): RemovalPolicy =>
  isProduction(stage) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY

export const logDaysOf = (stage: string): RetentionDays =>
  isProduction(stage) ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK
