import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpMethod, httpJson } from '../../lib/local/client.ts'
import { bin, newHome, saywhenIn } from './home.ts'

/** One served home with more than one owner: each sees their own. */

const TOKEN = 'a-token-of-forty-characters-for-a-test-!'
const RULE = 'SIGNAL: close > open'
const { home, remove } = newHome()
const saywhen = saywhenIn(home)

let child: ChildProcess
let url: string
const keys: Record<string, string> = { local: TOKEN }

const ask = (owner: string | undefined, method: HttpMethod, path: string, body?: unknown) =>
  httpJson(url, method, path, body, { key: owner && keys[owner] })
const createdBy = async (owner: string) => {
  const { status, body } = await ask(owner, 'POST', '/strategies', { rule: RULE, name: `${owner}’s` })
  expect(status).toBe(201)
  return (body as { strategy: { strategy_id: number } }).strategy.strategy_id
}

beforeAll(async () => {
  const env = {
    ...process.env,
    SAYWHEN_TOKEN: TOKEN,
    SAYWHEN_QUOTA_CREATIONS: '2',
    SAYWHEN_QUOTA_ALERTS: '1',
    SAYWHEN_QUOTA_CHUNK_SECONDS: '1',
  }
  child = spawn(process.execPath, [bin, 'serve', '--home', home, '--host', '0.0.0.0', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for await (const line of createInterface({ input: child.stdout! })) {
    text += line
    if (line === '}') break
  }
  url = (JSON.parse(text) as { url: string }).url.replace('0.0.0.0', '127.0.0.1')
  for (const owner of ['alice', 'bob']) {
    // The command line of this machine needs no key: it asks on loopback.
    const { code, answer } = saywhen('keys', 'create', 'first', '--owner', owner)
    expect(code).toBe(0)
    keys[owner] = answer.secret
  }
})
afterAll(async () => {
  child.kill('SIGTERM')
  await once(child, 'exit')
  remove()
})

test('others get in with the token or with a key, and not without', async () => {
  for (const owner of ['local', 'alice', 'bob']) expect((await ask(owner, 'GET', '/health')).status).toBe(200)
  expect((await ask(undefined, 'GET', '/health')).status).toBe(401)
  keys.wrong = `${TOKEN.slice(0, -1)}?`
  expect((await ask('wrong', 'GET', '/health')).status).toBe(401)
})

test('strategies are their owner’s: another’s id is not found by any route, a list holds one’s own', async () => {
  const ids = { alice: await createdBy('alice'), bob: await createdBy('bob'), local: await createdBy('local') }
  expect(new Set(Object.values(ids)).size).toBe(3)
  const window = { start_date: '2025-12-01', end_date: '2025-12-05' }
  for (const [owner, id] of Object.entries(ids)) {
    for (const other of Object.keys(ids)) {
      const statuses = await Promise.all([
        ask(other, 'GET', `/strategies/${id}`),
        ask(other, 'POST', '/screener', { strategy_id: id, limit: 1 }),
        ask(other, 'POST', '/alert', { strategy_id: id, symbols: ['SPY'] }),
        ask(other, 'POST', '/backtest', { strategy_id: id, symbols: ['SPY'], ...window }),
        ask(other, 'POST', '/execute', { function: 'run_alert', strategy_id: id, symbols: ['SPY'] }),
        ask(other, 'POST', '/signals', { strategy_id: id, symbols: ['SPY'], ...window }),
        ask(other, 'GET', `/signals?strategy_id=${id}&symbols=SPY&start_date=2025-12-01&end_date=2025-12-05`),
      ])
      const expected = owner === other ? 200 : 404
      expect([owner, other, statuses.map(({ status }) => status)]).toEqual([owner, other, Array(7).fill(expected)])
    }
    const { runs } = (await ask(owner, 'GET', '/runs')).body as { runs: { run_id: string; owner: string }[] }
    expect(new Set(runs.map((run) => run.owner))).toEqual(new Set([owner]))
    for (const other of Object.keys(ids)) {
      const statuses = await Promise.all(
        ['', '/result'].map((rest) => ask(other, 'GET', `/runs/${runs[0].run_id}${rest}`)),
      )
      expect(statuses.map(({ status }) => status)).toEqual(Array(2).fill(owner === other ? 200 : 404))
    }
    const { body } = await ask(owner, 'GET', '/strategies')
    expect((body as { strategies: { strategy_id: number }[] }).strategies.map((one) => one.strategy_id)).toEqual([id])
  }
  // The owner of this machine is the same on loopback.
  expect(saywhen('show', String(ids.local)).code).toBe(0)
  expect(saywhen('show', String(ids.alice)).code).toBe(1)
})

test('the day’s quota is each owner’s own, and a prompt that is not understood does not count', async () => {
  keys.carol = saywhen('keys', 'create', 'first', '--owner', 'carol').answer.secret
  keys.dave = saywhen('keys', 'create', 'first', '--owner', 'dave').answer.secret
  const vague = () => ask('carol', 'POST', '/strategies', { prompt: 'Find me some good stocks' })
  for (let i = 0; i < 3; i++) expect((await vague()).status).toBe(422)
  await createdBy('carol')
  await createdBy('carol')
  expect(await ask('carol', 'POST', '/strategies', { rule: RULE })).toMatchObject({
    status: 429,
    body: { error: { code: 'quota_exceeded', details: { quota: 'creations', limit: 2 } } },
  })
  await createdBy('dave')
})

test('alerts and the seconds of a run’s parts count towards the day', async () => {
  keys.erin = saywhen('keys', 'create', 'first', '--owner', 'erin').answer.secret
  const strategy_id = await createdBy('erin')
  const channels = [{ kind: 'webhook', url: 'https://example.com/hook' }]
  const subscribe = (body: object) => ask('erin', 'POST', '/alerts', { strategy_id, ...body })
  // What is refused does not count.
  expect((await subscribe({ channels: [{ kind: 'console' }] })).status).toBe(400)
  expect((await subscribe({ channels })).status).toBe(201)
  expect(await subscribe({ channels })).toMatchObject({
    status: 429,
    body: { error: { code: 'quota_exceeded', details: { quota: 'alerts', limit: 1 } } },
  })
  let answered = 0
  for (let year = 2021; answered < 50; year = year === 2025 ? 2021 : year + 1) {
    const window = {
      start_date: `${year}-01-${String((answered++ % 28) + 1).padStart(2, '0')}`,
      end_date: `${year}-12-31`,
    }
    const { status, body } = await ask('erin', 'POST', '/backtest', { strategy_id, ...window })
    if (status === 200) continue
    expect({ status, body }).toMatchObject({
      status: 429,
      body: { error: { details: { quota: 'chunk_seconds', limit: 1 } } },
    })
    break
  }
  expect(answered).toBeGreaterThan(1)
  expect(answered).toBeLessThan(50)
})

test('an owner makes, lists and revokes keys; a revoked one is refused at once and nobody revokes another’s', async () => {
  const made = await ask('alice', 'POST', '/keys', { name: 'second', expires_in_days: 30 })
  expect(made.status).toBe(201)
  const { secret, key } = made.body as { secret: string; key: { key_id: string; hint: string } }
  keys.second = secret
  expect((await ask('second', 'GET', '/strategies')).status).toBe(200)
  expect((await ask('bob', 'DELETE', `/keys/${key.key_id}`)).status).toBe(404)
  const listed = await ask('second', 'GET', '/keys')
  expect((listed.body as { keys: { name: string }[] }).keys.map(({ name }) => name)).toEqual(['first', 'second'])
  expect(JSON.stringify(listed.body)).not.toContain(secret.slice(4, 20))
  expect((await ask('alice', 'POST', '/keys', { name: 'x', owner: 'bob' })).status).toBe(403)
  expect((await ask('second', 'DELETE', `/keys/${key.key_id}`)).status).toBe(200)
  expect((await ask('second', 'GET', '/strategies')).status).toBe(401)
})
