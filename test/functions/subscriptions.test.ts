import type { SQSEvent, SQSRecord } from 'aws-lambda'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { makeAlertRun } from '../../functions/alert-run.ts'
import { makeAlertTick } from '../../functions/alert-tick.ts'
import { makeNotify } from '../../functions/notify.ts'
import { world } from '../alerts/world.ts'
import { EVALUATION, SUBSCRIPTION } from './fake-application.ts'
import { type Api, openApi } from './gateway.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterEach(() => {
  api.app.asked.length = 0
  vi.restoreAllMocks()
})
afterAll(() => api.gateway.close())

const channels = [{ kind: 'email', address: 'ann@example.com' }]

test('an alert is made with 201, its secret beside it', async () => {
  const request = { strategy_id: 1, symbols: ['KO'], channels }
  expect(await api.call('POST', '/alerts', request)).toEqual({
    status: 201,
    body: { success: true, alert: SUBSCRIPTION, webhook_secret: 'whsec_1', warnings: ['w'] },
  })
  expect(api.app.asked).toEqual([['alerts.subscribe', request]])
})

test('alerts are listed, shown, paused, resumed and deleted', async () => {
  expect(await api.call('GET', '/alerts')).toEqual({ status: 200, body: { success: true, alerts: [SUBSCRIPTION] } })
  expect((await api.call('GET', '/alerts/1.1.a')).body).toEqual({
    success: true,
    alert: SUBSCRIPTION,
    evaluations: [EVALUATION],
    fires: [],
    warnings: [],
  })
  expect((await api.call('POST', '/alerts/1.1.a/pause')).body).toMatchObject({ alert: { paused: true } })
  expect((await api.call('POST', '/alerts/1.1.a/resume')).body).toMatchObject({ alert: { paused: false } })
  expect((await api.call('DELETE', '/alerts/1.1.a')).body).toEqual({ success: true, deleted: '1.1.a' })
  expect(api.app.asked.map(([name, id]) => `${name} ${id ?? ''}`)).toEqual([
    'alerts.list ',
    'alerts.get 1.1.a',
    'alerts.pause 1.1.a',
    'alerts.resume 1.1.a',
    'alerts.remove 1.1.a',
  ])
})

test.each<[unknown, RegExp]>([
  [{ strategy_id: 1 }, /channels is missing/],
  [{ strategy_id: 1, channels: [] }, /channels is an empty list/],
  [{ strategy_id: 1, channels: [{ kind: 'pigeon' }] }, /channels/],
  [{ strategy_id: 1, channels: [{ kind: 'email', address: 'a@b.c', cc: 'x' }] }, /cc/],
  [{ strategy_id: 1, channels: Array(11).fill(channels[0]) }, /channels names more than 10/],
  [{ strategy_id: 1, channels, owner: 'bob' }, /Unknown field "owner"/],
  [{ strategy_id: 1, channels, symbols: ['K O'] }, /symbols/],
])('%j is a bad request', async (request, message) => {
  const { status, body } = await api.call('POST', '/alerts', request)
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: { code: 'bad_request', message: expect.stringMatching(message) } })
  expect(api.app.asked).toEqual([])
})

test('an id that is none is a bad request, another method 405 with those allowed', async () => {
  expect((await api.call('GET', '/alerts/a%23b')).status).toBe(400)
  const wrong = await fetch(`${api.gateway.url}/alerts/1.1.a`, { method: 'PUT' })
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, DELETE'])
})

const FRIDAY = '2026-11-20'
const records = (messages: readonly unknown[], attempt = '1'): SQSEvent => ({
  Records: messages.map((message, i) => ({
    messageId: `m${i}`,
    body: typeof message === 'string' ? message : JSON.stringify(message),
    attributes: { ApproximateReceiveCount: attempt },
    eventSourceARN: 'arn:aws:sqs:eu-west-1:1:alert',
  })) as SQSRecord[],
})

test('from the minute to the message: three handlers, two queues', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  const w = world()
  await w.import(FRIDAY, { AAA: [FRIDAY], BBB: [] })
  await w.subscribe('a')
  expect(await makeAlertTick(w.deps)()).toMatchObject({ sent: 1 })
  expect(await makeAlertRun(w.deps)(records(w.alerts.messages))).toEqual({ batchItemFailures: [] })
  expect(await makeNotify(w.deps)(records(w.notify.messages))).toEqual({ batchItemFailures: [] })
  expect(w.told).toEqual([`7.1.${FRIDAY}.AAA 7.1.a`])
})

test('of a batch what did not reach its receiver is sent anew, and what does not read ends among the dead letters', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  const w = world()
  await w.import(FRIDAY, { AAA: [FRIDAY], BBB: [FRIDAY], CCC: [] })
  await w.subscribe('a')
  await w.look()
  w.answers = ({ fire }) => (fire.symbol === 'AAA' ? { ok: false, error: 'down' } : { ok: true })
  const answer = await makeNotify(w.deps)(records(['{', ...w.notify.messages, { fire_id: 1 }]))
  expect(answer.batchItemFailures.map((each) => each.itemIdentifier)).toEqual(['m0', 'm3'])
  expect(w.told).toEqual([`7.1.${FRIDAY}.BBB 7.1.a`])
  expect(w.notify.messages.at(-1)).toEqual({ fire_id: `7.1.${FRIDAY}.AAA`, subscription_id: '7.1.a', attempt: 2 })
  expect(log).toHaveBeenCalledTimes(3)
})
