import { describe, expect, test } from 'vitest'
import { parseDay } from '../../lib/core/days.ts'
import type { LatestPass } from '../../lib/signals/latest-pass.ts'
import { latestReceipt, latestWarnings } from '../../lib/signals/latest-receipt.ts'
import type { Strategy } from '../../lib/strategy/strategy.ts'

/** A pass over one symbol on a Friday, July 5th, 2024. */
function pass(simulated = false): LatestPass {
  const bar = { symbol: 'AAA', member: true, unknown: false, error: null }
  return {
    day: parseDay('2024-07-05'),
    bars: [bar],
    skipped: [],
    chunks: 1,
    catalog: { simulated },
    estimate: {},
  } as unknown as LatestPass
}

async function age(now: string) {
  const deps = { clock: () => Date.parse(now), cpuMs: () => 0, dataVersion: async () => 'v' }
  const started = { wall: Date.parse(now), cpu: 0 }
  const receipt = await latestReceipt(deps, { hash: 'h' } as Strategy, pass(), started)
  return [receipt.newest_bar, receipt.newest_bar_age_sessions, receipt.newest_bar_age_seconds]
}

const AT = '2024-07-05T20:00:00.000Z'

describe('the age of the newest bar', () => {
  test.each([
    ['at its close', '2024-07-05T20:00:00Z', 0, 0],
    ['over the weekend', '2024-07-07T20:00:00Z', 0, 172_800],
    ['while the next session runs', '2024-07-08T19:59:59Z', 0, 259_199],
    ['when the next session has ended', '2024-07-08T20:00:00Z', 1, 259_200],
    ['ten days later', '2024-07-15T20:00:00.900Z', 6, 864_000],
    ['before it has closed', '2024-07-05T19:59:00Z', 0, -60],
  ])('%s', async (_when, now, sessions, seconds) => {
    expect(await age(now)).toEqual([AT, sessions, seconds])
  })

  const warned = (now: string, asOf?: number, simulated?: boolean) =>
    latestWarnings(pass(simulated), Date.parse(now), asOf)

  test('is warned of when it is more than one session', () => {
    expect(warned('2024-07-08T20:00:00Z')).toEqual([])
    expect(warned('2024-07-09T19:59:00Z')).toEqual([])
    expect(warned('2024-07-09T20:00:00Z')).toEqual([
      'The newest bar is of 2024-07-05: 2 sessions have ended since. Fetch or import newer bars.',
    ])
  })

  test('is not warned of when that day was asked for, nor in the simulated market', () => {
    expect(warned('2024-08-09T20:00:00Z', parseDay('2024-07-05'))).toEqual([])
    expect(warned('2024-08-09T20:00:00Z', undefined, true)).toEqual([])
  })
})
