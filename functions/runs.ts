import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { noQuery, runsQuery } from './bodies.ts'
import { ok, owned } from './http.ts'
import { queryOf, runIdOf } from './read.ts'

/** GET /runs?limit=N: the newest runs first. */
export const makeRuns = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => ok({ runs: await app.runs(queryOf(event, runsQuery).limit) }))

/** GET /runs/{id}: where a run stands. */
export const makeRun = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    return ok({ run: await app.run(runIdOf(event)) })
  })

/** GET /runs/{id}/result: the whole answer of a finished run, as it was given. */
export const makeRunResult = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    return { status: 200, body: await app.runResult(runIdOf(event)) }
  })
