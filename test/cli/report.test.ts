import { expect, test } from 'vitest'
import { AppError } from '../../lib/core/errors.ts'
import { fakeApplication } from '../functions/fake-application.ts'
import { madeResult } from '../report/made-result.ts'
import { run } from './fake-deps.ts'

const { json: made, bars } = madeResult(30, 3, 200)
const other = { ...made, receipt: { ...made.receipt, strategy_hash: 'b'.repeat(64) } }
const files = {
  'other.json': JSON.stringify(other),
  'made.json': JSON.stringify(made),
  'screen.json': '{"execution_mode":"screening"}',
  'odd.json': '[',
}

/** An application that has the bars of the made result. */
const withBars = () => {
  const app = fakeApplication()
  const windows: number[] = []
  const storedBars: typeof app.storedBars = async ({ windows: asked }) => {
    windows.push(asked.length)
    if (asked.length > 1) throw new AppError('too_large', 'Too many bars.')
    const own = bars.get(asked[0].symbol)!
    return { bars: [{ ...own, volume: own.open.map(() => 1) }], missing: [] }
  }
  return { app: { ...app, storedBars }, windows }
}

test('a result file becomes one HTML file, with bars that came in smaller pieces where one was too large', async () => {
  const { app, windows } = withBars()
  const { code, out, written } = await run(['report', 'made.json', '-o', 'made.html'], { app, files })
  expect(code).toBe(0)
  expect(out).toContain('Report: /home/ada/made.html')
  expect(written['made.html']).toMatch(/^<!doctype html>/)
  expect(written['made.html']).toContain('A coin would have done as well.')
  expect(windows[0]).toBeGreaterThan(1)
  expect(windows.filter((count) => count === 1)).toHaveLength(3)
  const data = JSON.parse(/id="data">([^<]*)/.exec(written['made.html'])![1])
  expect(Object.keys(data.bars.symbols)).toEqual(['S0', 'S1', 'S2'])
})

test('what is not at hand is said, in the report and beside it: another strategy, its funnel, the bars of another market', async () => {
  const { code, json, written } = await run(['report', 'other.json', '--json'], { files })
  expect(code).toBe(0)
  expect(json).toMatchObject({ success: true, file: '/home/ada/report.html' })
  expect(json.absent).toEqual([
    expect.stringContaining('is not the one of this result'),
    expect.stringContaining('strategy is not at hand'),
    expect.stringContaining('No bars are stored'),
  ])
  for (const line of json.absent as string[]) expect(written['report.html']).toContain(line)
})

test.each([
  [['report', 'screen.json'], /the result of a screening/],
  [['report', 'odd.json'], /is not JSON/],
  [['report', 'missing.json'], /Cannot read missing.json/],
  [['report', 'made.json', '-o', '/nowhere/made.html'], /Cannot write \/nowhere\/made.html.*-o/],
])('%s is refused with what to do', async (argv, message) => {
  const { code, err } = await run(argv, { files })
  expect(code).toBe(2)
  expect(err.replace(/\s+/g, ' ')).toMatch(message)
})

test('a run that is not there is not found', async () => {
  const { code, err } = await run(['report', 'others-9'])
  expect(code).toBe(1)
  expect(err).toContain('others-9')
})
