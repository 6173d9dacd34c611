import type { HttpHandler } from '../lib/local/routes.ts'
import type { Application } from './application.ts'
import { endpoint, ok } from './http.ts'

/** GET /health: that it answers, and who: `about` names the process, its version and its home where it has one. */
export const makeHealth = (app: Application, about: Record<string, unknown> = {}): HttpHandler =>
  endpoint(async () => ok({ ...(await app.health()), ...about }))
