import type { HttpHandler } from '../lib/local/routes.ts'
import type { Application } from './application.ts'
import { noQuery, runsQuery } from './bodies.ts'
import { endpoint, ok } from './http.ts'
import { queryOf, runIdOf } from './read.ts'

/** GET /runs?limit=N: the newest runs first. */
export const makeRuns = (app: Application): HttpHandler =>
  endpoint(async (event) => ok({ runs: await app.runs(queryOf(event, runsQuery).limit) }))

/** GET /runs/{id}: where a run stands. */
export const makeRun = (app: Application): HttpHandler =>
  endpoint(async (event) => {
    queryOf(event, noQuery)
    return ok({ run: await app.run(runIdOf(event)) })
  })

/** GET /runs/{id}/result: the whole answer of a finished run, as it was given. */
export const makeRunResult = (app: Application): HttpHandler =>
  endpoint(async (event) => {
    queryOf(event, noQuery)
    return { status: 200, body: await app.runResult(runIdOf(event)) }
  })
