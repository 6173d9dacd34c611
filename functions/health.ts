import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { ok, owned } from './http.ts'

/** GET /health: that it answers, and who: `about` names the process, its version and its home where it has one. */
export const makeHealth = (appOf: AppOf, about: Record<string, unknown> = {}): HttpHandler =>
  owned(appOf, async (app) => ok({ ...(await app.health()), ...about }))
