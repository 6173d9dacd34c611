import type { IncomingHttpHeaders } from 'node:http'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
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
}

/** The request as API Gateway's HTTP API hands it to a Lambda (payload format 2.0). */
export function gatewayEvent(parts: RequestParts): APIGatewayProxyEventV2 {
  const { method, routePath, rawPath, rawQuery, parameters, body, now, requestId } = parts
  const headers = Object.fromEntries(
    Object.entries(parts.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  )
  const routeKey = `${method} ${routePath}`
  const query = queryParameters(rawQuery)
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: rawQuery,
    headers,
    ...(Object.keys(query).length > 0 ? { queryStringParameters: query } : {}),
    ...(Object.keys(parameters).length > 0 ? { pathParameters: parameters } : {}),
    requestContext: {
      accountId: 'local',
      apiId: 'local',
      domainName: headers.host ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
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

/** The answer for a request that failed: `{success: false, error: {code, message, details}}` under the code's status. */
export function failure(error: unknown): APIGatewayProxyStructuredResultV2 {
  const body = errorBody(error)
  return {
    statusCode: ERROR_STATUS[body.code],
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ success: false, error: body }),
  }
}
