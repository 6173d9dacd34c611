import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hostClaims } from '../../lib/adapters/local/host-claims.ts'
import { httpJson } from '../../lib/local/client.ts'
import { connectHome } from '../../lib/local/connection.ts'
import { startGateway } from '../../lib/local/gateway.ts'
import { findOrBecomeHost, type HostPorts } from '../../lib/local/host.ts'

const PROGRAM = fileURLToPath(new URL('home-process.ts', import.meta.url))

let home: string
let children: ChildProcess[] = []
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'saywhen-host-'))
})
afterEach(async () => {
  await Promise.all(children.map((child) => end(child, 'SIGKILL')))
  children = []
  await rm(home, { recursive: true, force: true })
})

interface Started {
  child: ChildProcess
  own: boolean
  url: string
}

async function start(): Promise<Started> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, home], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  for await (const line of createInterface({ input: child.stdout! })) return { child, ...JSON.parse(line) }
  throw new Error('the process ended before it had a host')
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

const create = (url: string, name: string) => httpJson(url, 'POST', '/strategies', { prompt: 'gap up', name })
const names = async (url: string) => {
  const { body } = await httpJson(url, 'GET', '/strategies')
  return (body as { strategies: { name: string }[] }).strategies.map((strategy) => strategy.name)
}

test('the first process holds the home and names itself in host.json; the second is its client', async () => {
  const first = await start()
  const second = await start()
  expect([first.own, second.own]).toEqual([true, false])
  expect(second.url).toBe(first.url)
  const record = JSON.parse(await readFile(join(home, 'host.json'), 'utf8'))
  expect(record).toMatchObject({ pid: first.child.pid, url: first.url, started: expect.stringMatching(/^\d{4}-.*Z$/) })
})

test('of processes that start at once exactly one holds the home, and all find it', async () => {
  const started = await Promise.all([start(), start(), start()])
  expect(started.map(({ own }) => own).toSorted()).toEqual([false, false, true])
  expect(new Set(started.map(({ url }) => url)).size).toBe(1)
})

test('after kill -9 processes that start at once agree on a new host, and what was acknowledged is there', async () => {
  const first = await start()
  const acknowledged: string[] = []
  // Killed in the middle of a stream of writes: those that were answered count.
  const writing = (async () => {
    for (let i = 0; ; i++) {
      const answer = await create(first.url, `strategy ${i}`)
      if (answer.status === 201) acknowledged.push(`strategy ${i}`)
    }
  })()
  const stopped = writing.catch((error: Error) => error)
  while (acknowledged.length < 25) await new Promise((resolve) => setTimeout(resolve, 5))
  await end(first.child, 'SIGKILL')
  expect(await stopped).toMatchObject({ code: 'interrupted' })

  const [second, third] = await Promise.all([start(), start()])
  expect([second.own, third.own].toSorted()).toEqual([false, true])
  const found = await names(second.url)
  expect(found.slice(0, acknowledged.length)).toEqual(acknowledged)
  // at most the one write whose answer never arrived is there besides
  expect(found.length - acknowledged.length).toBeLessThanOrEqual(1)
  expect((await create(third.url, 'after')).status).toBe(201)
})

test('kill -9 while the home is opened for the first time leaves a home that opens', async () => {
  for (const pause of [0, 40, 80, 120]) {
    const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, home], { stdio: 'ignore' })
    children.push(child)
    while (!existsSync(join(home, 'claims'))) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, pause))
    await end(child, 'SIGKILL')
  }
  const next = await start()
  expect(next.own).toBe(true)
  expect((await create(next.url, 'first')).status).toBe(201)
})

test('a host that ends gracefully gives the home back at once and keeps what it stored', async () => {
  const first = await start()
  await create(first.url, 'kept')
  await end(first.child, 'SIGTERM')
  expect(existsSync(join(home, 'host.json'))).toBe(false)
  const next = await start()
  expect(next.own).toBe(true)
  expect(await names(next.url)).toEqual(['kept'])
})

const ports = (changes: Partial<HostPorts> = {}): HostPorts => {
  let now = 0
  return {
    claims: hostClaims(home),
    clock: () => now,
    sleep: async (ms) => {
      now += ms
    },
    answers: async () => true,
    open: async () => ({ url: 'http://127.0.0.1:1', close: async () => {} }),
    ...changes,
  }
}

test('a silent holder is a conflict that names its process', async () => {
  const held = await findOrBecomeHost(ports())
  const silent = findOrBecomeHost(ports({ answers: async () => false }))
  await expect(silent).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`Process ${process.pid} holds this home and does not answer`),
  })
  await held.close()
  expect((await findOrBecomeHost(ports())).own).toBe(true)
})

test('a home that fails to open is given back', async () => {
  const open = () => Promise.reject(new Error('disk full'))
  await expect(findOrBecomeHost(ports({ open }))).rejects.toThrow('disk full')
  expect((await findOrBecomeHost(ports())).own).toBe(true)
})

test('a claim of a process that is gone, of one whose number was given away, or one that does not read is over', async () => {
  const folder = join(home, 'claims')
  await mkdir(folder)
  const claims = hostClaims(home)
  const stale = [
    JSON.stringify({ pid: 4_194_304 + 1, birth: null, released: false }),
    JSON.stringify({ pid: process.pid, birth: 'another boot/1', released: false }),
    '',
  ]
  for (const [i, content] of stale.entries()) {
    await writeFile(join(folder, `${i + 1}.json`), content)
    expect(await claims.newest()).toMatchObject({ number: i + 1, over: true })
  }
  expect(await claims.take(4)).toBe(true)
  expect(await claims.newest()).toMatchObject({ number: 4, over: false, holder: { pid: process.pid } })
})

test('a number is taken once, and a slow process with a lower number steps back', async () => {
  const claims = hostClaims(home)
  const taken = await Promise.all(Array.from({ length: 8 }, () => claims.take(7)))
  expect(taken.filter(Boolean)).toHaveLength(1)
  expect(await claims.take(5)).toBe(false)
  expect(await readdir(join(home, 'claims'))).toEqual(['7.json'])
})

test('a client whose host ends between two requests goes on with the next host', async () => {
  const serve = (name: string) =>
    startGateway({
      routes: [{ method: 'GET', path: '/', handler: async () => ({ statusCode: 200, body: JSON.stringify(name) }) }],
      clock: () => 0,
    })
  const gateways = [await serve('first'), await serve('second')]
  let found = 0
  const client = await connectHome(async () => ({ url: gateways[found++].url, own: false, close: async () => {} }))
  expect((await client.request('GET', '/')).body).toBe('first')
  await gateways[0].close()
  expect((await client.request('GET', '/')).body).toBe('second')
  await gateways[1].close()
})
