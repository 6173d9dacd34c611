import { expect, test } from 'vitest'
import { manyAlerts } from '../aws/many-alerts.ts'

test('10,000 subscriptions on one bar over the emulators: none lost through machines that end in the middle', async () => {
  const { repeats, unrecorded, seconds } = await manyAlerts(10_000)
  console.log(`10,000 subscriptions: ${repeats} repeats of ${unrecorded} unrecorded sendings, ${Math.round(seconds)} s`)
  expect(repeats).toBeLessThanOrEqual(unrecorded)
})
