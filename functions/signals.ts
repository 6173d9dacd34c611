import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { signalsBody, signalsQuery } from './bodies.ts'
import { ok, owned } from './http.ts'
import { bodyOf, queryOf } from './read.ts'

/** GET or POST /signals: every (symbol, date, side) of the window at which the strategy is true. */
export const makeSignals = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    const posted = event.requestContext.http.method === 'POST'
    const request = posted ? bodyOf(event, signalsBody) : queryOf(event, signalsQuery)
    const { rows } = await app.signals(request)
    return ok({ strategy_id: request.strategy_id, signals: rows })
  })
