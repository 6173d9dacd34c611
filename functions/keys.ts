import type { Keys } from '../lib/access/keys.ts'
import type { HttpHandler } from '../lib/local/routes.ts'
import { keyBody, noQuery } from './bodies.ts'
import { endpoint, ok } from './http.ts'
import { callerOf } from './owner.ts'
import { bodyOf, keyIdOf, queryOf } from './read.ts'

/** POST /keys: a new key; its text is in this answer and nowhere else. */
export const makeCreateKey = (keys: Keys): HttpHandler =>
  endpoint(async (event) => {
    const caller = callerOf(event)
    return { status: 201, body: { success: true, ...(await keys.create(caller, bodyOf(event, keyBody))) } }
  })

/** GET /keys: the caller's keys, without their texts. */
export const makeKeys = (keys: Keys): HttpHandler =>
  endpoint(async (event) => {
    const caller = callerOf(event)
    queryOf(event, noQuery)
    return ok({ keys: await keys.list(caller) })
  })

/** DELETE /keys/{id}: the key is refused from now on. */
export const makeRevokeKey = (keys: Keys): HttpHandler =>
  endpoint(async (event) => {
    const caller = callerOf(event)
    queryOf(event, noQuery)
    return ok({ key: await keys.revoke(caller, keyIdOf(event)) })
  })
