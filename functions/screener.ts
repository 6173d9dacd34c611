import type { HttpHandler } from '../lib/local/routes.ts'
import type { Application } from './application.ts'
import { screenerBody } from './bodies.ts'
import { endpoint } from './http.ts'
import { bodyOf } from './read.ts'

/** POST /screener: the latest session of the whole universe, ranked. */
export const makeScreener = (app: Application): HttpHandler =>
  endpoint(async (event) => ({ status: 200, body: await app.runScreener(bodyOf(event, screenerBody)) }))
