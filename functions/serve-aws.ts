import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Keys } from '../lib/access/keys.ts'
import type { Alerts } from '../lib/alerts/subscribe.ts'
import { AppError } from '../lib/core/errors.ts'
import { failure } from '../lib/local/gateway-event.ts'
import pkg from '../package.json'
import { awsApplication } from './app-aws.ts'
import type { AppOf } from './application.ts'
import type { Env } from './aws.ts'
import { log, observed } from './observed.ts'
import { ownerOf } from './owner.ts'
import { routes } from './routes.ts'

type LambdaHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyStructuredResultV2>

/**
 * The handler of a function that serves some routes of the API, named as API Gateway names them (`GET /runs/{id}`); any other is
 * `not_found`, whatever the gateway was told.
 */
export function serve(served: readonly string[], parts: { appOf?: AppOf; keys?: Keys }): LambdaHandler {
  const missing = () => {
    throw new AppError('internal', 'This function does not serve that.')
  }
  const { appOf = missing, keys = { create: missing, list: missing, revoke: missing } } = parts
  const all = new Map(
    routes(appOf, keys, { version: pkg.version }).map((route) => [`${route.method} ${route.path}`, route.handler]),
  )
  const handlers = new Map(
    served.map((route) => {
      const handler = all.get(route)
      if (handler === undefined) throw new AppError('internal', `${route} is no route of the API.`)
      return [route, handler]
    }),
  )
  return observed(
    async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> =>
      handlers.get(event.routeKey)?.(event) ??
      failure(new AppError('not_found', `There is no ${event.routeKey?.slice(0, 200)} here.`)),
  )
}

/** The handler of a function that serves some routes to the owner of each request; `alerts` where they are among them. */
export function serveOwners(env: Env, served: readonly string[], alerts?: (owner: string) => Alerts): LambdaHandler {
  const app = awsApplication(env, alerts, log)
  return serve(served, { appOf: (event) => app.of(ownerOf(event), event.requestContext.requestId) })
}
