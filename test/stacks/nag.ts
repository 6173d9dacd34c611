import { AwsSolutionsChecks, type INagLogger, type NagLoggerNonComplianceData } from 'cdk-nag'
import { expect, test } from 'vitest'
import { synthesized } from './synthesized.ts'

/** What the rules of cdk-nag found, as they are asked. */
function collector() {
  const found: string[] = []
  const suppressed: { rule: string; at: string; reason: string }[] = []
  const at = ({ resource, ruleId, findingId }: NagLoggerNonComplianceData) =>
    `${findingId || ruleId} ${resource.node.path}`
  const failed: string[] = []
  let compliant = 0
  const logger: INagLogger = {
    onCompliance: () => {
      compliant++
    },
    onNonCompliance: (data) => found.push(at(data)),
    onSuppressed: (data) =>
      suppressed.push({
        rule: data.findingId || data.ruleId,
        at: data.resource.node.path,
        reason: data.suppressionReason,
      }),
    onError: (data) => failed.push(`${data.ruleId} ${data.resource.node.path}: ${data.errorMessage}`),
    onSuppressedError: (data) => failed.push(`${data.ruleId} ${data.resource.node.path}: suppressed`),
    onNotApplicable: () => {},
  }
  return { found, suppressed, failed, logger, compliant: () => compliant }
}

test.each(['production', 'dev'])('cdk-nag finds nothing in %s that is not said why', async (stage) => {
  const { found, suppressed, failed, logger, compliant } = collector()
  const checks = new AwsSolutionsChecks({ additionalLoggers: [logger], reports: false })
  await synthesized({ stage, checks })
  expect([...new Set(found)].sort()).toEqual([])
  expect(failed).toEqual([])
  expect(compliant()).toBeGreaterThan(100)
  expect(suppressed.length).toBeGreaterThan(50)
  for (const { reason } of suppressed) expect(reason.length).toBeGreaterThan(30)
})
