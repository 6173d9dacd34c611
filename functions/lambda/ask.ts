import { serveOwners } from '../serve-aws.ts'

/** What is asked to be done: it becomes a run, which is waited for. */
export const ROUTES = [
  'POST /strategies',
  'POST /strategies/{id}/revise',
  'POST /backtest',
  'POST /backtest/estimate',
  'POST /screener',
  'POST /alert',
  'POST /execute',
  'GET /signals',
  'POST /signals',
]

export const handler = serveOwners(process.env, ROUTES)
