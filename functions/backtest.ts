import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { backtestBody } from './bodies.ts'
import { ok, owned } from './http.ts'
import { askOptions, bodyOf } from './read.ts'
import { runReply } from './run-reply.ts'

/** POST /backtest: every bar of every symbol of the window (default: the last 2 years), in one answer. */
export const makeBacktest = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => runReply(await app.runBacktest(bodyOf(event, backtestBody), askOptions(event))))

/** POST /backtest/estimate: what the same request would cost on AWS. Runs nothing and counts as no run. */
export const makeEstimate = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => ok(await app.estimateBacktest(bodyOf(event, backtestBody))))
