import type { HttpHandler } from '../lib/local/routes.ts'
import type { Application } from './application.ts'
import { backtestBody } from './bodies.ts'
import { endpoint } from './http.ts'
import { bodyOf } from './read.ts'

/** POST /backtest: every bar of every symbol of the window (default: the last 2 years), in one answer. */
export const makeBacktest = (app: Application): HttpHandler =>
  endpoint(async (event) => ({ status: 200, body: await app.runBacktest(bodyOf(event, backtestBody)) }))
