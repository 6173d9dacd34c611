import type { HttpHandler } from '../lib/local/routes.ts'
import type { Application, AppOf, RunAnswer } from './application.ts'
import { executeBody } from './bodies.ts'
import { owned } from './http.ts'
import { askOptions, bodyOf } from './read.ts'
import { runReply } from './run-reply.ts'

/** POST /execute: the owner's worker endpoint, one path for the three modes. */
export const makeExecute = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => runReply(await execute(app, event)))

async function execute(app: Application, event: Parameters<HttpHandler>[0]): Promise<RunAnswer> {
  const asked = bodyOf(event, executeBody)
  const options = askOptions(event)
  switch (asked.function) {
    case 'run_backtest': {
      const { function: _mode, ...request } = asked
      return app.runBacktest(request, options)
    }
    case 'run_screener': {
      const { function: _mode, ...request } = asked
      return app.runScreener(request, options)
    }
    case 'run_alert': {
      const { function: _mode, ...request } = asked
      return app.runAlert(request, options)
    }
  }
}
