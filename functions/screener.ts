import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { screenerBody } from './bodies.ts'
import { owned } from './http.ts'
import { askOptions, bodyOf } from './read.ts'
import { runReply } from './run-reply.ts'

/** POST /screener: the latest session of the whole universe, ranked. */
export const makeScreener = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => runReply(await app.runScreener(bodyOf(event, screenerBody), askOptions(event))))
