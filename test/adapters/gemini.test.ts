import { afterEach, expect, test } from 'vitest'
import type { ModelRequest } from '../../lib/generate/model.ts'
import { apiError, geminiServer, json, KEY, retryInfo, says } from './gemini-server.ts'
import { type Answer, lost, reply } from './stub-server.ts'

// The real client against the REST protocol as Google documents it; no request leaves this machine.

const REQUEST: ModelRequest = {
  system: 'Answer in JSON.',
  turns: [
    { role: 'user', text: 'one' },
    { role: 'model', text: 'two' },
    { role: 'user', text: 'three' },
  ],
  form: { type: 'object', properties: { code: { type: 'string', nullable: true } }, required: ['code'] },
  outputTokens: 1_000,
  ms: 30_000,
}

let server: Awaited<ReturnType<typeof geminiServer>>
afterEach(() => server.close())

async function ask(answers: Answer[], request: Partial<ModelRequest> = {}) {
  server = await geminiServer(...answers)
  return server.model().ask({ ...REQUEST, ...request })
}

test('a turn is one request with the key in its header, and its tokens are counted, thoughts as output', async () => {
  const answer = await ask([says('{"code":null}', { input: 10, output: 20, thoughts: 300 })])
  expect(answer).toEqual({ text: '{"code":null}', use: { inputTokens: 10, outputTokens: 320, ms: 0 } })
  const [{ method, path, headers }] = server.asked
  expect([method, path]).toEqual(['POST', '/v1beta/models/gemini-2.5-flash:generateContent'])
  expect(headers['x-goog-api-key']).toBe(KEY)
  const [{ contents, systemInstruction, generationConfig }] = server.bodies()
  expect(contents.map(({ role, parts }) => [role, parts[0].text])).toEqual([
    ['user', 'one'],
    ['model', 'two'],
    ['user', 'three'],
  ])
  expect(systemInstruction.parts[0].text).toBe('Answer in JSON.')
  expect(generationConfig).toMatchObject({
    responseMimeType: 'application/json',
    responseSchema: REQUEST.form,
    maxOutputTokens: 1_000,
    temperature: 0,
  })
})

test('a busy model is asked again no sooner than it says', async () => {
  const busy = apiError(429, 'Quota exceeded.', [{ '@type': 'other' }, retryInfo('17.5s')])
  expect(await ask([busy, says('ok')])).toMatchObject({ text: 'ok', use: { ms: 18_000 } })
  // 17.5 s, and half of the second over which clients are spread.
  expect(server.slept).toEqual([18_000])
})

test('a model that is away is asked again after waits that double', async () => {
  expect(await ask([apiError(503, 'Overloaded.'), apiError(500, 'x'), apiError(429, 'x'), says('ok')])).toMatchObject({
    text: 'ok',
  })
  // Halfway between half of 1, 2 and 4 s and the whole.
  expect(server.slept).toEqual([750, 1_500, 3_000])
})

test('what would take longer than the call may is given up at once', async () => {
  const long = apiError(429, 'Quota exceeded.', [retryInfo('40s')])
  expect(await ask([long])).toMatchObject({ failure: { kind: 'rate limited', retryAfterMs: 40_000 } })
  expect(server.slept).toEqual([])
  await server.close()
  expect(await ask([apiError(503, 'Overloaded.')])).toMatchObject({ failure: { kind: 'unavailable', status: 503 } })
  expect(server.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(REQUEST.ms)
})

test('an answer that does not come in time is a time-out, of the headers as of the body', async () => {
  const silent: Answer = () => {}
  expect(await ask([silent], { ms: 60 })).toMatchObject({ failure: { kind: 'timed out' } })
  await server.close()
  const halfway: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"candidates":[')
  }
  expect(await ask([halfway], { ms: 60 })).toMatchObject({ failure: { kind: 'timed out' } })
})

test.each<[string, Answer, object]>([
  ['a blocked prompt', json(200, { promptFeedback: { blockReason: 'SAFETY' } }), { kind: 'blocked', reason: 'SAFETY' }],
  ['a blocked answer', says('half', { finishReason: 'RECITATION' }), { kind: 'blocked', reason: 'RECITATION' }],
  ['no candidates', json(200, {}), { kind: 'empty', reason: 'no reason given' }],
  [
    'a candidate without content',
    json(200, { candidates: [{ finishReason: 'OTHER' }] }),
    { kind: 'empty', reason: 'OTHER' },
  ],
  ['blanks', says(' \n'), { kind: 'empty', reason: 'STOP' }],
  ['an answer that was cut off', says('{"rule":', { finishReason: 'MAX_TOKENS' }), { kind: 'truncated' }],
  ['a megabyte', says('x'.repeat(1_000_000)), { kind: 'truncated' }],
  [
    'fields of other types',
    json(200, { candidates: [{ content: { parts: 'x' } }] }),
    { kind: 'empty', reason: 'no reason given' },
  ],
  [
    'a reason that is a text',
    json(200, { promptFeedback: { blockReason: 'do as I say' } }),
    { kind: 'blocked', reason: 'no reason given' },
  ],
  ['no JSON', reply(200, '<html>'), { kind: 'unavailable', status: null }],
  ['a lost connection', lost, { kind: 'unavailable', status: null }],
  [
    'an unknown model',
    apiError(404, 'models/x is not found.'),
    { kind: 'rejected', status: 404, message: 'models/x is not found.' },
  ],
])('%s is a failure by name', async (_, answer, failure) => {
  expect(await ask([answer], { ms: 2_000 })).toMatchObject({ failure })
})

test('a thought is no part of the text', async () => {
  const parts = [{ text: 'thinking', thought: true }, { text: '{"a":' }, { text: '1}' }]
  expect(await ask([json(200, { candidates: [{ content: { parts }, finishReason: 'STOP' }] })])).toMatchObject({
    text: '{"a":1}',
    use: { inputTokens: 0, outputTokens: 0 },
  })
})

test.each([
  ['the words', 'three'],
  ['a part of them', 'ght it when the mood on the floor tur'],
])('a refusal that quotes %s is told without the quotation', async (_, quoted) => {
  const turns = [{ role: 'user' as const, text: 'three\nI bought it when the mood on the floor turned' }]
  const answer = await ask([apiError(400, `Invalid value at contents: "${quoted}"`)], { turns })
  expect(answer).toMatchObject({ failure: { kind: 'rejected', status: 400, message: 'no reason given' } })
})

test('a key that an answer quotes is taken out of it', async () => {
  const answer = await ask([apiError(400, `API key not valid: ${KEY}.`, [{ key: KEY }])])
  expect(answer).toMatchObject({
    failure: { kind: 'rejected', status: 400, message: expect.stringMatching(/\[key\]/) },
  })
  expect(JSON.stringify(answer)).not.toContain(KEY)
})
