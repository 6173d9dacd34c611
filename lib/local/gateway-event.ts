import type { IncomingHttpHeaders } from 'node:http'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import * as z from 'zod'
import type { Caller } from '../access/caller.ts'
import { ERROR_STATUS, errorBody } from '../core/errors.ts'

export interface RequestParts {
  method: string
  /** the route's path, with its parameters in braces */
  routePath: string
  rawPath: string
  rawQuery: string
  parameters: Record<string, string>
  headers: IncomingHttpHeaders
  body: string | undefined
  /** epoch ms */
  now: number
  requestId: string
  /** who asks, in the place where an authorizer's context stands */
  caller: Caller
  /** the address the request came from */
  sourceIp: string
}

/** The request as API Gateway's HTTP API hands it to a Lambda (payload format 2.0). */
export function gatewayEvent(parts: RequestParts): APIGatewayProxyEventV2 {
  const { method, routePath, rawPath, rawQuery, parameters, body, now, requestId, caller, sourceIp } = parts
  const headers = Object.fromEntries(
    Object.entries(parts.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  )
  const routeKey = `${method} ${routePath}`
  const query = queryParameters(rawQuery)
  // The type of events has no place for it; only API Gateway and this function write here.
  const authorized = { authorizer: { lambda: caller } }
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: rawQuery,
    headers,
    ...(Object.keys(query).length > 0 ? { queryStringParameters: query } : {}),
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    requestContext: {
      ...authorized,
      accountId: 'local',
      apiId: 'local',
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: new Date(now).toISOString(),
      timeEpoch: now,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: false,
  }
}

/** Values of a name given more than once are joined by commas, as API Gateway does. */
function queryParameters(rawQuery: string): Record<string, string> {
  const query = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(rawQuery))
    query.set(name, query.has(name) ? `${query.get(name)},${value}` : value)
  return Object.fromEntries(query)
}

/** Answers belong to whoever asked: nothing on the way keeps them. */
export const ANSWER_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' }

const waiting = z.object({ retry_after_seconds: z.int().positive() })

/**
 * The answer for a request that failed: `{success: false, error: {code, message, details}}` under the code's status, with
 * `Retry-After` where waiting helps.
 */
export function failure(error: unknown): APIGatewayProxyStructuredResultV2 {
  const body = errorBody(error)
  const wait = waiting.safeParse(body.details).data?.retry_after_seconds
  return {
    statusCode: ERROR_STATUS[body.code],
    headers: {
      ...ANSWER_HEADERS,
      ...(body.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
      ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
    },
    body: JSON.stringify({ success: false, error: body }),
  }
}
