import type { HttpHandler } from '../lib/local/routes.ts'
import type { Application } from './application.ts'
import { noQuery, subscribeBody } from './bodies.ts'
import { endpoint, ok } from './http.ts'
import { bodyOf, queryOf, subscriptionIdOf } from './read.ts'

/** POST /alerts: makes an alert; the secret of its webhooks is in this answer and in no other. */
export const makeSubscribe = (app: Application): HttpHandler =>
  endpoint(async (event) => {
    const { subscription, webhook_secret } = await app.alerts.subscribe(bodyOf(event, subscribeBody))
    const secret = webhook_secret === null ? {} : { webhook_secret }
    return { status: 201, body: { success: true, alert: subscription, ...secret } }
  })

/** GET /alerts: the newest first. */
export const makeSubscriptions = (app: Application): HttpHandler =>
  endpoint(async (event) => {
    queryOf(event, noQuery)
    return ok({ alerts: await app.alerts.list() })
  })

/** GET /alerts/{id}: the alert, what became of its strategy's last sessions, and its last fires. */
export const makeSubscription = (app: Application): HttpHandler =>
  endpoint(async (event) => {
    queryOf(event, noQuery)
    const { subscription, evaluations, fires } = await app.alerts.get(subscriptionIdOf(event))
    return ok({ alert: subscription, evaluations, fires })
  })

/** POST /alerts/{id}/pause and POST /alerts/{id}/resume. */
export const makePauseSubscription = (app: Application): HttpHandler =>
  endpoint(async (event) => ok({ alert: await app.alerts.pause(subscriptionIdOf(event)) }))

export const makeResumeSubscription = (app: Application): HttpHandler =>
  endpoint(async (event) => ok({ alert: await app.alerts.resume(subscriptionIdOf(event)) }))

/** DELETE /alerts/{id} */
export const makeDeleteSubscription = (app: Application): HttpHandler =>
  endpoint(async (event) => {
    const id = subscriptionIdOf(event)
    const { warnings } = await app.alerts.remove(id)
    return ok({ deleted: id, warnings })
  })
