import type { HttpHandler } from '../lib/local/routes.ts'
import type { Application, AppOf } from './application.ts'
import { executeBody } from './bodies.ts'
import { owned } from './http.ts'
import { bodyOf } from './read.ts'

/** POST /execute: the owner's worker endpoint, one path for the three modes. */
export const makeExecute = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => ({ status: 200, body: await execute(app, event) }))

async function execute(app: Application, event: Parameters<HttpHandler>[0]) {
  const asked = bodyOf(event, executeBody)
  switch (asked.function) {
    case 'run_backtest': {
      const { function: _mode, ...request } = asked
      return app.runBacktest(request)
    }
    case 'run_screener': {
      const { function: _mode, ...request } = asked
      return app.runScreener(request)
    }
    case 'run_alert': {
      const { function: _mode, ...request } = asked
      return app.runAlert(request)
    }
  }
}
