import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { moveBody, noQuery, subscribeBody } from './bodies.ts'
import { ok, owned } from './http.ts'
import { bodyOf, queryOf, subscriptionIdOf } from './read.ts'

/** POST /alerts: makes an alert; the secret of its webhooks is in this answer and in no other. */
export const makeSubscribe = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    const { subscription, webhook_secret, warnings } = await app.alerts.subscribe(bodyOf(event, subscribeBody))
    const secret = webhook_secret === null ? {} : { webhook_secret }
    return { status: 201, body: { success: true, alert: subscription, ...secret, warnings } }
  })

/** GET /alerts: the newest first. */
export const makeSubscriptions = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    return ok({ alerts: await app.alerts.list() })
  })

/** GET /alerts/{id}: the alert, what became of its strategy's last sessions, and its last fires. */
export const makeSubscription = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    const { subscription, evaluations, fires, warnings } = await app.alerts.get(subscriptionIdOf(event))
    return ok({ alert: subscription, evaluations, fires, warnings })
  })

/** POST /alerts/{id}/pause and POST /alerts/{id}/resume. */
export const makePauseSubscription = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    return ok({ alert: await app.alerts.pause(subscriptionIdOf(event)) })
  })

export const makeResumeSubscription = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    return ok({ alert: await app.alerts.resume(subscriptionIdOf(event)) })
  })

/** POST /alerts/{id}/move: on another version of its strategy; its id is that version's. */
export const makeMoveSubscription = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    const { version } = bodyOf(event, moveBody)
    return ok({ alert: await app.alerts.move(subscriptionIdOf(event), version) })
  })

/** DELETE /alerts/{id} */
export const makeDeleteSubscription = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    queryOf(event, noQuery)
    const id = subscriptionIdOf(event)
    await app.alerts.remove(id)
    return ok({ deleted: id })
  })
