import { expect, test } from 'vitest'
import { COMMANDS } from '../../lib/cli/commands/commands.ts'
import { AppError } from '../../lib/core/errors.ts'
import { done, fakeApplication } from '../functions/fake-application.ts'
import { run } from './fake-deps.ts'

const DATES = ['--start', '2020-01-01', '--end', '2020-12-31']

test.each<[string[], RegExp]>([
  [['backtst', '1'], /no command "backtst"\. Did you mean backtest\?/],
  [['bars'], /bars takes one of: bars import, bars fetch, bars list, bars check, bars simulate/],
  [['bars', 'imprt', 'x'], /bars takes one of/],
  [['--json=1', 'list'], /--json takes no value/],
  [['backtest'], /backtest needs ID/],
  [['backtest', 'one'], /positive whole number, not "one"/],
  [['backtest', '0'], /positive whole number/],
  [['backtest', '1', '2'], /does not take "2"/],
  [['backtest', '1', '--strat', '2020-01-01'], /no flag --strat\. Did you mean --start\?/],
  [['backtest', '1', '--start'], /--start needs a value: --start D/],
  [['backtest', '1', '--start', '--end', '2020-01-01'], /--start needs a value/],
  [['backtest', '1', '--start', '2021-02-30'], /--start is not a date of the calendar/],
  [['backtest', '1', '--start', '2021-01-02', '--end', '2021-01-01'], /--end 2021-01-01 is before --start 2021-01-02/],
  [['backtest', '1', '--end', '2021-01-01', '--end', '2021-01-02'], /--end is given twice/],
  [['backtest', '1', '--symbols', 'KO,,PEP'], /--symbols holds an empty symbol/],
  [['screen', '1', '--limit', '0'], /--limit is a whole number from 1/],
  [['screen', '1', '--limit', 'ten'], /--limit is a whole number from 1 to 1000000, not "ten"/],
  [['signals', '1'], /signals needs --start D/],
  [['signals', '1', ...DATES, '--side', 'up'], /--side is long or short, not "up"/],
  [['rule', 'eval', 'close'], /rule eval needs --symbol S/],
  [['rule', 'eval', 'close', 'open', '--symbol', 'KO'], /Put quotes around a text of several words/],
  [['create'], /create needs "PROMPT", --rule TEXT or --code FILE/],
  [['create', ''], /"PROMPT" is empty/],
  [['create', 'gap up', '--rule', 'gap() > 3%'], /not both/],
  [['create', '--rule', ' '], /--rule is empty/],
  [['bars', 'import'], /bars import needs PATH/],
  [['bars', 'import', 'x', '--url', 'http://h'], /leave --url out/],
  [['constituents', 'import', '-.csv'], /no index name/],
  [['serve', '--port', '70000'], /--port is a whole number from 0 to 65535/],
  [['list', 'all'], /does not take "all"/],
])('%j is wrong usage: exit 2, the reason and the usage on err, nothing on out', async (argv, reason) => {
  const { code, out, err, app } = await run(argv)
  expect([code, out]).toEqual([2, ''])
  expect(err).toMatch(reason)
  expect(err).toMatch(/Usage: saywhen|saywhen --help/)
  expect(app.asked).toEqual([])
})

test('with --json wrong usage is JSON on out', async () => {
  const { code, json, err } = await run(['screen', '1', '--limit', '0', '--json'])
  expect([code, err]).toEqual([2, ''])
  expect(json).toEqual({ success: false, error: { code: 'bad_request', message: expect.stringContaining('--limit') } })
})

test('with --json a failure is JSON on out, its details included, and exits 1', async () => {
  const { code, json, err } = await run(['--json', 'create', 'find me some good stocks'])
  expect([code, err]).toEqual([1, ''])
  expect(json).toMatchObject({
    success: false,
    error: { code: 'not_understood', details: { questions: [/* one */ expect.any(String)] } },
  })
})

test('every command has a usage, and the overview names every command', async () => {
  const overview = await run(['--help'])
  expect(overview.code).toBe(0)
  for (const { name } of COMMANDS) {
    expect(overview.out).toContain(`  ${name} `)
    const { code, out } = await run([...name.split(' '), '--help'])
    expect([code, out.split('\n')[0]]).toEqual([0, expect.stringContaining(`Usage: saywhen ${name}`)])
  }
})

test('no command at all prints the overview on err and exits 2', async () => {
  const { code, out, err } = await run([])
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain('Usage: saywhen COMMAND')
})

test('--version prints the version', async () => {
  expect((await run(['--version'])).out).toBe('1.2.3\n')
})

test('a strategy that is not there exits 1 with what to do', async () => {
  const { code, err } = await run(['backtest', '7'])
  expect(code).toBe(1)
  expect(err).toMatch(/^saywhen: There is no strategy 7\./)
})

test('a prompt of 100 KB is refused with its limit and exits 2', async () => {
  const { code, err } = await run(['create', 'gap up '.repeat(15_000)])
  expect(code).toBe(2)
  expect(err).toContain('prompt is longer than 4000 characters')
})

test('a code file that is not there is named', async () => {
  const { code, err } = await run(['create', '--code', 'missing.js'])
  expect([code, err]).toEqual([2, 'saywhen: Cannot read missing.js: there is no such file.\n'])
})

test('what the API refuses as a bad request exits 2, what fails while it runs exits 1', async () => {
  const failing = (error: AppError) => fakeApplication({ runBacktest: () => Promise.reject(error) })
  const unknown = await run(['backtest', '1'], { app: failing(new AppError('bad_request', 'No symbol QQQQ.')) })
  expect([unknown.code, unknown.err]).toEqual([2, 'saywhen: No symbol QQQQ.\n'])
  const empty = await run(['backtest', '1'], { app: failing(new AppError('no_data', 'No bars in 1950.')) })
  expect([empty.code, empty.err]).toEqual([1, 'saywhen: No bars in 1950.\n'])
})

test('an answer in another shape is reported, and --json still shows it', async () => {
  const app = () => fakeApplication({ runScreener: async () => done({ success: true, ranked: [] }) })
  const shown = await run(['screen', '1'], { app: app() })
  expect([shown.code, shown.err]).toEqual([1, expect.stringContaining('Use --json to see it as it is')])
  expect((await run(['screen', '1', '--json'], { app: app() })).json).toEqual({ success: true, ranked: [] })
})

test('a place that is no deployment of this is named', async () => {
  const connect = async () => ({
    url: () => 'https://example.com',
    lasts: () => true,
    request: async () => ({ status: 404, body: 'not found' }),
    close: async () => {},
  })
  const { code, err } = await run(['list', '--url', 'https://example.com'], { changes: { connect } })
  expect(code).toBe(1)
  expect(err.replace(/\s+/g, ' ')).toContain('https://example.com answered GET /strategies with status 404')
})

test('the connection is closed whatever happens', async () => {
  let closed = 0
  const connect = async () => ({
    url: () => 'http://h',
    lasts: () => true,
    request: () => Promise.reject(new Error('boom')),
    close: async () => void closed++,
  })
  const { code, err } = await run(['list'], { changes: { connect } })
  expect([code, err, closed]).toEqual([1, 'saywhen: boom\n', 1])
})
