import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { backtestBody } from './bodies.ts'
import { owned } from './http.ts'
import { bodyOf } from './read.ts'

/** POST /backtest: every bar of every symbol of the window (default: the last 2 years), in one answer. */
export const makeBacktest = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => ({ status: 200, body: await app.runBacktest(bodyOf(event, backtestBody)) }))
