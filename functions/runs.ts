import { AppError, errorBody } from '../lib/core/errors.ts'
import type { HttpHandler } from '../lib/local/routes.ts'
import type { Run } from '../lib/runs/run.ts'
import type { Application, AppOf, CreateAnswer } from './application.ts'
import { noQuery, runsQuery } from './bodies.ts'
import { createReply } from './create.ts'
import { ok, owned, type Reply } from './http.ts'
import { queryOf, runIdOf } from './read.ts'
import { runReply, whereToLook } from './run-reply.ts'

/** GET /runs?limit=N: the newest runs first. */
export const makeRuns = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => ok({ runs: await app.runs(queryOf(event, runsQuery).limit) }))

/** GET /runs/{id}: where a run stands; once it has succeeded, where its result is, and the result itself where an answer can hold it. */
export const makeRun = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    const run = await app.run(runIdOf(event))
    const { headers, body } = whereToLook(run)
    const result = run.status === 'succeeded' ? await resultInline(app, run) : {}
    return { ...ok({ run, ...body, ...result }), headers }
  })

/** GET /runs/{id}/result: the whole answer of a finished run, as it was given or would have been. */
export const makeRunResult = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    return resultReply(app, await app.run(runIdOf(event)))
  })

/** DELETE /runs/{id}: a queued or running run ends, as failed with `cancelled`. */
export const makeCancelRun = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    return ok({ run: await app.cancelRun(runIdOf(event)) })
  })

/** The result of a run in the shape in which the request that made it would have been answered. */
async function resultReply(app: Application, run: Run): Promise<Reply> {
  const mode: string = run.mode
  return runReply(await app.runResult(run.run_id), (result) =>
    mode === 'creation' || mode === 'revision'
      ? createReply(result as unknown as CreateAnswer)
      : { status: 200, body: result },
  )
}

async function resultInline(app: Application, run: Run): Promise<Record<string, unknown>> {
  try {
    const { status, body } = await resultReply(app, run)
    // Too large for an answer: the body says where it is.
    return status === 303 ? body : { result: body }
  } catch (error) {
    // The run says that it succeeded: that its result was deleted since is no failure of this question.
    if (error instanceof AppError && error.code === 'conflict') return { result_url: null }
    // A creation that came to nothing answers as it would have in one call.
    if (error instanceof AppError) return { result: { success: false, error: errorBody(error) } }
    throw error
  }
}
