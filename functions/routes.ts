import type { Route } from '../lib/local/routes.ts'
import { makeAlert } from './alert.ts'
import type { Application } from './application.ts'
import { makeBacktest } from './backtest.ts'
import { makeCreate } from './create.ts'
import { makeExecute } from './execute.ts'
import { makeHealth } from './health.ts'
import { makeRuleCheck, makeRuleEval } from './rules.ts'
import { makeRun, makeRunResult, makeRuns } from './runs.ts'
import { makeScreener } from './screener.ts'
import { makeSignals } from './signals.ts'
import { makeStrategies, makeStrategy } from './strategies.ts'
import {
  makeDeleteSubscription,
  makePauseSubscription,
  makeResumeSubscription,
  makeSubscribe,
  makeSubscription,
  makeSubscriptions,
} from './subscriptions.ts'

/** The API, whole: the one table of method, path and handler. */
export function routes(app: Application, about: Record<string, unknown> = {}): Route[] {
  return [
    { method: 'GET', path: '/health', handler: makeHealth(app, about) },
    { method: 'POST', path: '/strategies', handler: makeCreate(app) },
    { method: 'GET', path: '/strategies', handler: makeStrategies(app) },
    { method: 'GET', path: '/strategies/{id}', handler: makeStrategy(app) },
    { method: 'POST', path: '/backtest', handler: makeBacktest(app) },
    { method: 'POST', path: '/screener', handler: makeScreener(app) },
    { method: 'POST', path: '/alert', handler: makeAlert(app) },
    { method: 'POST', path: '/alerts', handler: makeSubscribe(app) },
    { method: 'GET', path: '/alerts', handler: makeSubscriptions(app) },
    { method: 'GET', path: '/alerts/{id}', handler: makeSubscription(app) },
    { method: 'POST', path: '/alerts/{id}/pause', handler: makePauseSubscription(app) },
    { method: 'POST', path: '/alerts/{id}/resume', handler: makeResumeSubscription(app) },
    { method: 'DELETE', path: '/alerts/{id}', handler: makeDeleteSubscription(app) },
    { method: 'POST', path: '/execute', handler: makeExecute(app) },
    { method: 'GET', path: '/runs', handler: makeRuns(app) },
    { method: 'GET', path: '/runs/{id}', handler: makeRun(app) },
    { method: 'GET', path: '/runs/{id}/result', handler: makeRunResult(app) },
    { method: 'GET', path: '/signals', handler: makeSignals(app) },
    { method: 'POST', path: '/signals', handler: makeSignals(app) },
    { method: 'POST', path: '/rules/eval', handler: makeRuleEval(app) },
    { method: 'POST', path: '/rules/check', handler: makeRuleCheck(app) },
  ]
}
