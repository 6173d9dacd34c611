import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { alertBody } from './bodies.ts'
import { owned } from './http.ts'
import { bodyOf } from './read.ts'

/** POST /alert: who fires now, of all symbols or those named. */
export const makeAlert = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => ({ status: 200, body: await app.runAlert(bodyOf(event, alertBody)) }))
