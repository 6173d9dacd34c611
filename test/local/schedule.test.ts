import { expect, test } from 'vitest'
import { type ScheduleDeps, startSchedule } from '../../lib/local/schedule.ts'

/** A clock that a test moves, with one sleeper. */
function timed(changes: Partial<ScheduleDeps> = {}) {
  const steps: string[] = []
  let wake: (() => void) | undefined
  const world = {
    now: Date.UTC(2026, 10, 20, 21, 0, 20),
    version: 'v1',
    steps,
    slept: [] as number[],
    errors: [] as string[],
    async minute() {
      await settled()
      const go = wake
      wake = undefined
      go?.()
      await settled()
    },
  }
  const deps: ScheduleDeps = {
    clock: () => world.now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        world.slept.push(ms)
        if (signal.aborted) return reject(new Error('ended'))
        signal.addEventListener('abort', () => reject(new Error('ended')))
        wake = () => {
          world.now += ms
          resolve()
        }
      }),
    dataVersion: async () => world.version,
    takeUp: async () => void steps.push('take up'),
    tick: async () => void steps.push('tick'),
    barsArrived: async () => void steps.push('bars'),
    onError: (error) => void world.errors.push((error as Error).message),
    ...changes,
  }
  return { world, schedule: startSchedule(deps) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('it takes up what was left, then looks at every full minute', async () => {
  const { world, schedule } = timed()
  await world.minute()
  await world.minute()
  expect(world.steps).toEqual(['take up', 'tick', 'tick'])
  expect(world.slept).toEqual([40_000, 60_000, 60_000])
  await schedule.stop()
  expect(world.steps).toHaveLength(3)
})

test('new data is looked at whatever the hour, once', async () => {
  const { world, schedule } = timed()
  await world.minute()
  world.version = 'v2'
  await world.minute()
  await world.minute()
  expect(world.steps).toEqual(['take up', 'tick', 'bars', 'tick'])
  await schedule.stop()
})

test('a look that fails is heard of and made again a minute later', async () => {
  let fail = true
  const steps: string[] = []
  const once = (name: string) => async () => {
    if (fail) throw new Error(`${name} failed`)
    steps.push(name)
  }
  const { world, schedule } = timed({ takeUp: once('take up'), barsArrived: once('bars') })
  await world.minute()
  fail = false
  await world.minute()
  fail = true
  world.version = 'v2'
  await world.minute()
  fail = false
  await world.minute()
  expect(steps).toEqual(['take up', 'bars'])
  expect(world.errors).toEqual(['take up failed', 'take up failed', 'bars failed'])
  await schedule.stop()
})

test('stopping waits for the look at work', async () => {
  let finish = () => {}
  const { world, schedule } = timed({ takeUp: () => new Promise((resolve) => (finish = resolve)) })
  await settled()
  let stopped = false
  const stop = schedule.stop().then(() => (stopped = true))
  await settled()
  expect(stopped).toBe(false)
  finish()
  await stop
  expect(world.slept.length).toBeLessThanOrEqual(1)
})
