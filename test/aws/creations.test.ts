import { afterAll, beforeAll, expect, it } from 'vitest'
import { newHome } from '../acceptance/home.ts'
import { geminiServer, KEY, says } from '../adapters/gemini-server.ts'
import type { Answer } from '../adapters/stub-server.ts'
import { type Deployment, type Machine, openDeployment } from './deployment.ts'
import { ended, type Json, keyOf, openApi } from './owner.ts'

// The built function of creations asks a model on loopback; nobody else has its key, and nobody says it.

const PROMPT = 'names whose strength gauge is quietly washed out'
const WRONG = "const r = rsi('close', 14)\nexport function classifySymbol(symbol) { return isBelow(r.ago(0), 37) }"
const answer = { questions: [], assumptions: [], rule: { signal: 'rsi(close,14) < 35' } }
/** Code that decides otherwise, then none. */
const scripted: Answer = (asked, response) => {
  const { contents } = JSON.parse(asked.body.toString())
  return says({ ...answer, code: contents.length === 1 ? WRONG : null })(asked, response)
}

let deployment: Deployment
let server: Awaited<ReturnType<typeof geminiServer>>
let api: Machine
let key: string

beforeAll(async () => {
  const { home, imports, remove } = newHome()
  await imports.simulateBars({})
  deployment = await openDeployment()
  await deployment.upload(home)
  remove()
  server = await geminiServer(scripted)
  api = await openApi(deployment)
  key = await keyOf(api, 'ada')
})
afterAll(async () => {
  await deployment?.close()
  await server?.close()
})

it('words become a strategy of the built functions and a model, which is asked once for each turn', async () => {
  const more = { SAYWHEN_GEMINI_KEY: KEY, SAYWHEN_GEMINI_URL: `http://127.0.0.1:${server.port}` }
  const generate = await deployment.worker(['generate'], { more })
  const chunk = await deployment.worker(['chunk'])
  const { status, body } = await ended(api.url!, key, ['POST', '/strategies', { prompt: PROMPT }])
  expect([status, body]).toEqual([201, expect.objectContaining({ success: true })])
  const { proof, generation } = body.strategy as Json
  expect(proof).toMatchObject({ verdict: 'equal' })
  expect(generation).toMatchObject({ generator: 'gemini', turns: 2, input_tokens: 18_000 })
  expect(server.asked).toHaveLength(2)
  const lines = [...generate.lines(), ...chunk.lines(), ...api.lines()].join('\n')
  for (const secret of [KEY, 'strength gauge', 'rsi(close']) expect(lines).not.toContain(secret)
  for (const name of await deployment.results.list('results/')) {
    const bytes = await deployment.results.get(name)
    expect(Buffer.from(bytes!).includes(KEY), name).toBe(false)
  }
  await generate.kill()

  // Without a key, and without any secret: the grammar alone, which asks back.
  await deployment.worker(['generate'])
  const asked = await ended(api.url!, key, ['POST', '/strategies', { prompt: PROMPT }])
  expect([asked.status, asked.body.error]).toEqual([422, expect.objectContaining({ code: 'not_understood' })])
  expect(server.asked).toHaveLength(2)
})
