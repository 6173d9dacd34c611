import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { alertBody } from './bodies.ts'
import { owned } from './http.ts'
import { askOptions, bodyOf } from './read.ts'
import { runReply } from './run-reply.ts'

/** POST /alert: who fires now, of all symbols or those named. */
export const makeAlert = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => runReply(await app.runAlert(bodyOf(event, alertBody), askOptions(event))))
