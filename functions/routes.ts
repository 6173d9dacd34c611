import type { Keys } from '../lib/access/keys.ts'
import type { Route } from '../lib/local/routes.ts'
import { makeAlert } from './alert.ts'
import type { AppOf } from './application.ts'
import { makeBacktest, makeEstimate } from './backtest.ts'
import { makeCreate, makeRevise } from './create.ts'
import { makeExecute } from './execute.ts'
import { makeExplain, makeWhyNot } from './explain.ts'
import { makeHealth } from './health.ts'
import { makeCreateKey, makeKeys, makeRevokeKey } from './keys.ts'
import { makeBars, makeRuleCheck, makeRuleEval } from './rules.ts'
import { makeCancelRun, makeRun, makeRunResult, makeRuns } from './runs.ts'
import { makeScreener } from './screener.ts'
import { makeSignals } from './signals.ts'
import { makeStrategies, makeStrategy } from './strategies.ts'
import {
  makeDeleteSubscription,
  makeMoveSubscription,
  makePauseSubscription,
  makeResumeSubscription,
  makeSubscribe,
  makeSubscription,
  makeSubscriptions,
} from './subscriptions.ts'

/** The API, whole: the one table of method, path and handler. */
export function routes(appOf: AppOf, keys: Keys, about: Record<string, unknown> = {}): Route[] {
  return [
    { method: 'GET', path: '/health', handler: makeHealth(appOf, about) },
    { method: 'POST', path: '/strategies', handler: makeCreate(appOf) },
    { method: 'GET', path: '/strategies', handler: makeStrategies(appOf) },
    { method: 'GET', path: '/strategies/{id}', handler: makeStrategy(appOf) },
    { method: 'POST', path: '/strategies/{id}/revise', handler: makeRevise(appOf) },
    { method: 'POST', path: '/backtest', handler: makeBacktest(appOf) },
    { method: 'POST', path: '/backtest/estimate', handler: makeEstimate(appOf) },
    { method: 'POST', path: '/screener', handler: makeScreener(appOf) },
    { method: 'POST', path: '/alert', handler: makeAlert(appOf) },
    { method: 'POST', path: '/alerts', handler: makeSubscribe(appOf) },
    { method: 'GET', path: '/alerts', handler: makeSubscriptions(appOf) },
    { method: 'GET', path: '/alerts/{id}', handler: makeSubscription(appOf) },
    { method: 'POST', path: '/alerts/{id}/pause', handler: makePauseSubscription(appOf) },
    { method: 'POST', path: '/alerts/{id}/resume', handler: makeResumeSubscription(appOf) },
    { method: 'POST', path: '/alerts/{id}/move', handler: makeMoveSubscription(appOf) },
    { method: 'DELETE', path: '/alerts/{id}', handler: makeDeleteSubscription(appOf) },
    { method: 'POST', path: '/execute', handler: makeExecute(appOf) },
    { method: 'GET', path: '/runs', handler: makeRuns(appOf) },
    { method: 'GET', path: '/runs/{id}', handler: makeRun(appOf) },
    { method: 'GET', path: '/runs/{id}/result', handler: makeRunResult(appOf) },
    { method: 'DELETE', path: '/runs/{id}', handler: makeCancelRun(appOf) },
    { method: 'GET', path: '/signals', handler: makeSignals(appOf) },
    { method: 'POST', path: '/signals', handler: makeSignals(appOf) },
    { method: 'POST', path: '/explain', handler: makeExplain(appOf) },
    { method: 'POST', path: '/why-not', handler: makeWhyNot(appOf) },
    { method: 'POST', path: '/rules/eval', handler: makeRuleEval(appOf) },
    { method: 'POST', path: '/rules/check', handler: makeRuleCheck(appOf) },
    { method: 'POST', path: '/bars', handler: makeBars(appOf) },
    { method: 'POST', path: '/keys', handler: makeCreateKey(keys) },
    { method: 'GET', path: '/keys', handler: makeKeys(keys) },
    { method: 'DELETE', path: '/keys/{id}', handler: makeRevokeKey(keys) },
  ]
}
