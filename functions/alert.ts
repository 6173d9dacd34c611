import type { HttpHandler } from '../lib/local/routes.ts'
import type { Application } from './application.ts'
import { alertBody } from './bodies.ts'
import { endpoint } from './http.ts'
import { bodyOf } from './read.ts'

/** POST /alert: who fires now, of all symbols or those named. */
export const makeAlert = (app: Application): HttpHandler =>
  endpoint(async (event) => ({ status: 200, body: await app.runAlert(bodyOf(event, alertBody)) }))
