import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type WebhookSettings, webhookNotifier } from '../../lib/adapters/local/webhook.ts'
import { noticeOf } from '../../lib/alerts/notice.ts'
import { fire, subscription } from './alert-stores-contract.ts'

const NOW = Date.UTC(2026, 10, 20, 21, 5, 7)
const SECRET = 'whsec_test'

let servers: Server[] = []
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  servers = []
})

interface Asked {
  request: IncomingMessage
  body: string
}

/** A receiver on loopback that notes what it is asked. */
async function receiver(
  answer: (response: ServerResponse, asked: Asked) => void,
): Promise<{ port: number; asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const one = { request, body }
    asked.push(one)
    answer(response, one)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, asked }
}

const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(code, headers).end('whatever')
const loopback = { http: true, privateAddresses: true }

function send(url: string, settings: Partial<WebhookSettings> = {}) {
  const of = subscription({ secret: SECRET, channels: [{ kind: 'webhook', url }] })
  const notifier = webhookNotifier({ policy: loopback, version: '1.2.3', ...settings })
  return notifier.send(noticeOf(fire(), of), [{ kind: 'webhook', url }], NOW)
}

/** What a receiver does to know that a body came from here, as the README tells it. */
function verifies(header: string, body: string, secret: string): boolean {
  const { t, v1 } = Object.fromEntries(header.split(',').map((part) => part.split('=')))
  return v1 === createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
}

test('the notice arrives as signed JSON', async () => {
  const { port, asked } = await receiver(status(204))
  expect(await send(`http://127.0.0.1:${port}/hook?team=1`)).toEqual({ ok: true })
  const [{ request, body }] = asked
  expect([request.method, request.url, request.headers['content-type']]).toEqual([
    'POST',
    '/hook?team=1',
    'application/json',
  ])
  expect(JSON.parse(body)).toMatchObject({ fire_id: fire().fire_id, symbol: 'BRK.B', subscription_id: '7.1.a' })
  expect(body).not.toContain(SECRET)
  expect(request.headers['saywhen-fire']).toBe(fire().fire_id)
  const signature = String(request.headers['saywhen-signature'])
  expect(signature).toMatch(/^t=1795208707,v1=[0-9a-f]{64}$/)
  expect(verifies(signature, body, SECRET)).toBe(true)
  expect(verifies(signature, `${body} `, SECRET)).toBe(false)
  expect(verifies(signature, body, 'whsec_other')).toBe(false)
})

test('the signature is the HMAC of instant and body: a vector computed elsewhere', async () => {
  // printf '1.{}' | openssl dgst -sha256 -hmac k
  const { signatureOf } = await import('../../lib/alerts/signature.ts')
  expect(signatureOf('k', 1, '{}')).toBe('t=1,v1=3dd49b2593d0f9a349e9e71c4bde3e2b862c2be4003fe9b4ba81332029310158')
})

test.each([
  [200, { ok: true }],
  [299, { ok: true }],
  [400, { ok: false, error: 'answered 400' }],
  [500, { ok: false, error: 'answered 500' }],
  [410, { ok: false, error: 'answered 410: it wants no more', gone: true }],
])('status %i', async (code, sending) => {
  const { port } = await receiver(status(code))
  expect(await send(`http://127.0.0.1:${port}/`)).toEqual(sending)
})

test('a redirection is a failure and is not followed', async () => {
  const target = await receiver(status(200))
  const { port, asked } = await receiver(status(307, { location: `http://127.0.0.1:${target.port}/` }))
  expect(await send(`http://127.0.0.1:${port}/`)).toEqual({
    ok: false,
    error: 'answered 307, a redirection, which is not followed',
  })
  expect([asked.length, target.asked.length]).toEqual([1, 0])
})

test('a receiver that takes longer than 3 s is a failure', async () => {
  const { port } = await receiver(() => {})
  const began = performance.now()
  expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ ok: false, error: 'no answer within 3000 ms' })
  expect(performance.now() - began).toBeGreaterThan(2_900)
})

test('a receiver that sends its answer’s head byte by byte is cut off all the same', async () => {
  const { port } = await receiver((response) => {
    const socket = response.socket as Socket
    const drip = setInterval(() => socket.write('H'), 20)
    socket.once('close', () => clearInterval(drip))
  })
  expect(await send(`http://127.0.0.1:${port}/`, { timeoutMs: 300 })).toMatchObject({ ok: false })
})

test('an endless answer is not read', async () => {
  let closed = false
  const { port } = await receiver((response) => {
    response.writeHead(200)
    const drip = setInterval(() => response.write('x'.repeat(10_000)), 5)
    response.once('close', () => {
      closed = true
      clearInterval(drip)
    })
  })
  expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ ok: true })
  await expect.poll(() => closed).toBe(true)
})

test('nobody listening is a failure', async () => {
  const { port } = await receiver(status(200))
  await new Promise((resolve) => servers.pop()!.close(resolve))
  expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({
    ok: false,
    error: expect.stringContaining('ECONNREFUSED'),
  })
})

/** A resolver that answers from a list, one call after the other. */
function resolver(...answers: string[][]) {
  const asked: string[] = []
  const lookup = ((hostname: string, _options: object, callback: (error: null, addresses: object[]) => void) => {
    asked.push(hostname)
    const addresses = answers.length > 1 ? answers.shift()! : answers[0]
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }) as unknown as NonNullable<WebhookSettings['lookup']>
  return { lookup, asked }
}
const outside = { http: true, privateAddresses: false }

test.each([
  [['127.0.0.1']],
  [['10.0.0.7']],
  [['169.254.169.254']],
  [['::1']],
  [['::ffff:127.0.0.1']],
  // one bad address is enough, wherever it stands
  [['93.184.216.34', '127.0.0.1']],
])('a name that leads to %j is not connected to', async (addresses) => {
  const { port, asked } = await receiver(status(200))
  const { lookup } = resolver(addresses)
  expect(await send(`http://innocent.example.com:${port}/`, { policy: outside, lookup })).toEqual({
    ok: false,
    error: expect.stringMatching(/^innocent\.example\.com leads to .*, which is not public$/),
  })
  expect(asked).toEqual([])
})

test('the name is resolved once: a second answer that leads inside is never asked for', async () => {
  const { port, asked } = await receiver(status(200))
  const names = resolver(['192.0.2.1'], ['127.0.0.1'])
  await send(`http://rebinding.example.com:${port}/`, { policy: outside, lookup: names.lookup, timeoutMs: 200 })
  expect(names.asked).toEqual(['rebinding.example.com'])
  expect(asked).toEqual([])
})

test.each(['http://127.0.0.1:PORT/', 'http://2130706433:PORT/', 'http://localhost:PORT/', 'http://u:p@example.com/'])(
  '%s is refused at sending too',
  async (url) => {
    const { port, asked } = await receiver(status(200))
    expect(await send(url.replace('PORT', String(port)), { policy: outside })).toMatchObject({ ok: false })
    expect(asked).toEqual([])
  },
)
