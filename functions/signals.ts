import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { signalsBody, signalsQuery } from './bodies.ts'
import { owned } from './http.ts'
import { askOptions, bodyOf, queryOf } from './read.ts'
import { runReply } from './run-reply.ts'

/** GET or POST /signals: every (symbol, date, side) of the window at which the strategy is true. */
export const makeSignals = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    const posted = event.requestContext.http.method === 'POST'
    const request = posted ? bodyOf(event, signalsBody) : queryOf(event, signalsQuery)
    return runReply(await app.signals(request, posted ? askOptions(event) : {}))
  })
