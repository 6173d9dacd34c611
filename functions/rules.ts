import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf } from './application.ts'
import { barsBody, ruleCheckBody, ruleEvalBody } from './bodies.ts'
import { ok, owned } from './http.ts'
import { bodyOf } from './read.ts'

/** POST /rules/eval: an expression's value on each bar of a symbol; null where it is undefined. */
export const makeRuleEval = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    const request = bodyOf(event, ruleEvalBody)
    const { rows } = await app.evaluateRule(request)
    return ok({ expression: request.expression, symbol: request.symbol, values: rows })
  })

/** POST /rules/check: what a rule or an expression says, how far back it looks, and what to beware of. */
export const makeRuleCheck = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    const { ok: _checked, ...answer } = await app.checkRule(bodyOf(event, ruleCheckBody).rule)
    return ok(answer)
  })

/** POST /bars: stored bars of some windows of days, as traded, with the factor of later splits. */
export const makeBars = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => ok({ ...(await app.storedBars(bodyOf(event, barsBody))) }))
