import { expect, test } from 'vitest'
import { fakeApplication, SUBSCRIPTION } from '../functions/fake-application.ts'
import { run } from './fake-deps.ts'

test('subscribe takes symbols and channels, and shows the secret of a webhook', async () => {
  const { code, out, app } = await run([
    'alerts',
    'subscribe',
    '1',
    '--symbols',
    'KO,PEP',
    '--email',
    'ann@example.com',
    '--webhook',
    'https://example.com/hook',
    '--file',
    'fires.jsonl',
    '--console',
  ])
  expect(code).toBe(0)
  expect(app.asked).toEqual([
    [
      'alerts.subscribe',
      {
        strategy_id: 1,
        symbols: ['KO', 'PEP'],
        channels: [
          { kind: 'email', address: 'ann@example.com' },
          { kind: 'webhook', url: 'https://example.com/hook' },
          // the host may have been started elsewhere
          { kind: 'file', path: '/home/ada/fires.jsonl' },
          { kind: 'console' },
        ],
      },
    ],
  ])
  for (const part of ['Alert 1.1.a on version 1 of strategy 1.', 'shown only now: whsec_1', 'saywhen serve'])
    expect(out).toContain(part)
})

test('subscribe without a channel is wrong usage', async () => {
  const { code, err } = await run(['alerts', 'subscribe', '1'])
  expect([code, err]).toEqual([2, expect.stringContaining('needs --email E, --webhook URL, --file FILE or --console')])
})

test('list shows each alert, how many messages failed and why the last one did', async () => {
  const { code, out } = await run(['alerts', 'list'])
  expect(code).toBe(0)
  expect(out).toMatch(/alert +strategy +symbols +told by +state +failed/)
  expect(out).toMatch(/1\.1\.a +1 v1 +KO,PEP +email,console +active +2/)
  expect(out).toContain('1.1.a failed on 2026-11-23 21:05: ann@example.com: answered 550')
})

test('list of none says how to make one, and a paused one says why it was paused', async () => {
  const app = fakeApplication()
  const of = (alerts: unknown[]) =>
    run(['alerts', 'list'], { app: { ...app, alerts: { ...app.alerts, list: async () => alerts as never } } })
  expect((await of([])).out).toContain('saywhen alerts subscribe')
  const { out } = await of([
    { ...SUBSCRIPTION, symbols: null, universe: 'stocks', paused: true, paused_reason: 'answered 410' },
  ])
  expect(out).toMatch(/all in stocks .* paused/)
  expect(out).toContain('1.1.a was paused: answered 410')
})

test('show says what became of the last sessions', async () => {
  const { out, app } = await run(['alerts', 'show', '1.1.a'])
  expect(app.asked).toEqual([['alerts.get', '1.1.a']])
  expect(out).toMatch(/2026-11-24 +stale +0 +the newest bars are of 2026-11-24, 3 sessions behind/)
  expect(out).toContain('Nothing fired yet.')
})

test.each([
  ['pause', 'alerts.pause', 'is paused'],
  ['resume', 'alerts.resume', 'is told again'],
  ['delete', 'alerts.remove', 'is deleted'],
])('%s', async (word, asked, said) => {
  const { code, out, app } = await run(['alerts', word, '1.1.a'])
  expect([code, out, app.asked]).toEqual([0, `Alert 1.1.a ${said}.\n`, [[asked, '1.1.a']]])
})

test('with --json the answers are printed as they came', async () => {
  expect((await run(['alerts', 'list', '--json'])).json).toEqual({ success: true, alerts: [SUBSCRIPTION] })
  expect((await run(['alerts', 'delete', '1.1.a', '--json'])).json).toEqual({
    success: true,
    deleted: '1.1.a',
  })
})
