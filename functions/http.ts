import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import { unavailable } from '../lib/adapters/aws/retry.ts'
import { AppError } from '../lib/core/errors.ts'
import { ANSWER_HEADERS, failure } from '../lib/local/gateway-event.ts'
import type { HttpHandler } from '../lib/local/routes.ts'
import type { Application, AppOf } from './application.ts'
import { placeOf, plainLog } from './log.ts'

/** What a handler gives back: the status and the JSON of its answer. */
export interface Reply {
  status: number
  headers?: Record<string, string>
  body: Record<string, unknown>
}

type Use = (event: APIGatewayProxyEventV2) => Promise<Reply>

/** A Lambda handler around one use case: its reply as JSON, every failure as `{success: false, error: {code, message, details}}`. */
export function endpoint(use: Use): HttpHandler {
  const wrapped = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(failures)
    .handler(async (event) => json(await use(event)))
  // No use case reads the Lambda's context; the gateway on one machine has none to give.
  return (event, context = {} as Context) => wrapped(event, context)
}

/** The same on behalf of an owner, who is asked for before anything else is read. */
export function owned(
  appOf: AppOf,
  use: (app: Application, event: APIGatewayProxyEventV2) => Promise<Reply>,
): HttpHandler {
  return endpoint(async (event) => use(appOf(event), event))
}

/** 200 with `success: true` before the rest. */
export function ok(body: Record<string, unknown>): Reply {
  return { status: 200, body: { success: true, ...body } }
}

function json({ status, headers, body }: Reply): APIGatewayProxyStructuredResultV2 {
  return { statusCode: status, headers: { ...ANSWER_HEADERS, ...headers }, body: JSON.stringify(body) }
}

const failures: middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> = {
  onError: (request) => {
    // Whoever asked is told the message, of a service only that it fails; the log where it happened.
    const { error, event } = request
    if (!(error instanceof AppError)) plainLog({ what: 'fault', route: event.routeKey, ...placeOf(error) }, 'error')
    request.response = failure(unavailable(error) ?? error)
  },
}
