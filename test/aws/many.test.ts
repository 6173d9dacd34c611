import { expect, test } from 'vitest'
import { manyAlerts } from './many-alerts.ts'

test('1,000 subscriptions on one bar: machines that end in the middle lose none, repeats only where a sending was not recorded', async () => {
  const { repeats, unrecorded, seconds } = await manyAlerts(1_000)
  console.log(`1,000 subscriptions: ${repeats} repeats of ${unrecorded} unrecorded sendings, ${Math.round(seconds)} s`)
  expect(repeats).toBeLessThanOrEqual(unrecorded)
})
