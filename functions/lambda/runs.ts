import { serveOwners } from '../serve-aws.ts'

/** What was asked for and made before: runs and strategies. */
export const ROUTES = [
  'GET /runs',
  'GET /runs/{id}',
  'GET /runs/{id}/result',
  'DELETE /runs/{id}',
  'GET /strategies',
  'GET /strategies/{id}',
]

export const handler = serveOwners(process.env, ROUTES)
