import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import { expect, test } from 'vitest'
import { makeAuthorize } from '../../functions/authorize.ts'
import type { Authenticate, Caller } from '../../lib/access/caller.ts'

const SECRET = `swk_${'k'.repeat(43)}`

/** The event as API Gateway hands it to an authorizer (payload format 2.0). */
const event = (headers: Record<string, string> = {}) =>
  ({
    version: '2.0',
    type: 'REQUEST',
    routeKey: 'POST /strategies',
    identitySource: Object.values(headers),
    headers,
    requestContext: { requestId: 'request-1' },
  }) as unknown as APIGatewayRequestAuthorizerEventV2

function authorizer(authenticate: Authenticate) {
  const lines: Record<string, unknown>[] = []
  return { authorize: makeAuthorize(authenticate, (line) => void lines.push(line)), lines }
}

test.each<[Caller]>([[{ owner: 'alice', key_id: 'key-1' }], [{ operator: true }]])(
  'a valid credential answers who it is: %j',
  async (caller) => {
    const { authorize, lines } = authorizer(async (authorization) =>
      authorization === `Bearer ${SECRET}` ? { caller } : { refused: 'no' },
    )
    expect(await authorize(event({ authorization: `Bearer ${SECRET}` }))).toEqual({
      isAuthorized: true,
      context: caller,
    })
    expect(lines).toEqual([])
  },
)

test('a refusal answers no more than that, and its reason is logged with the route and the request', async () => {
  const { authorize, lines } = authorizer(async () => ({ refused: 'the revoked key key-1' }))
  expect(await authorize(event({ authorization: `Bearer ${SECRET}` }))).toEqual({ isAuthorized: false })
  expect(lines).toEqual([
    { message: 'refused', reason: 'the revoked key key-1', route: 'POST /strategies', request: 'request-1' },
  ])
})

test('a check that fails is a refusal, logged without what it was about', async () => {
  const faults = [() => Promise.reject(new TypeError(`no ${SECRET}`)), () => Promise.reject(SECRET)]
  for (const fault of faults) {
    const { authorize, lines } = authorizer(fault)
    expect(await authorize(event({ authorization: `Bearer ${SECRET}` }))).toEqual({ isAuthorized: false })
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toContain(SECRET.slice(4))
    expect(lines[0].reason).toMatch(/^the check failed/)
  }
})

test.each([
  ['no headers', { ...event(), headers: undefined }],
  ['no request context', { ...event(), requestContext: undefined }],
  ['nothing', undefined],
])('an event with %s is refused, not thrown at', async (_name, broken) => {
  const { authorize } = authorizer(async (authorization) =>
    authorization === undefined ? { refused: 'no Authorization header' } : { caller: { owner: 'alice' } },
  )
  expect(await authorize(broken as APIGatewayRequestAuthorizerEventV2)).toEqual({ isAuthorized: false })
})
