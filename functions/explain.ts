import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { explainBody, whyNotBody } from './bodies.ts'
import { owned } from './http.ts'
import { askOptions, bodyOf } from './read.ts'
import { runReply } from './run-reply.ts'

/** POST /explain: a strategy's conditions on one bar of a symbol, with their values and margins. */
export const makeExplain = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => runReply(await app.explain(bodyOf(event, explainBody), askOptions(event))))

/** POST /why-not: how many bars each condition lets through, which blocks most, and the nearest miss. */
export const makeWhyNot = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => runReply(await app.whyNot(bodyOf(event, whyNotBody), askOptions(event))))
