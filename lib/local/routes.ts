import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { AppError } from '../core/errors.ts'
import { failure } from './gateway-event.ts'

export type Method = 'GET' | 'POST' | 'DELETE'

/** A handler as the gateway and the deployed API call it. */
export type HttpHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>

/** One line of the API: `path` in API Gateway's spelling, with parameters in braces (`/runs/{id}`). */
export interface Route {
  method: Method
  path: string
  handler: HttpHandler
}

type Match = { route: Route; parameters: Record<string, string> } | { answer: APIGatewayProxyStructuredResultV2 }

/** The route for a method and a raw path with the values of its parameters; the 404 or 405 answer otherwise. */
export function matchRoute(routes: readonly Route[], method: string, rawPath: string): Match {
  const allowed: string[] = []
  for (const route of routes) {
    const parameters = pathParameters(route.path, rawPath)
    if (!parameters) continue
    if (route.method === method) return { route, parameters }
    allowed.push(route.method)
  }
  if (allowed.length === 0) {
    const paths = [...new Set(routes.map((route) => route.path))]
    return {
      answer: failure(
        new AppError('not_found', `There is no ${rawPath.slice(0, 200)} here. The paths are in details.`, { paths }),
      ),
    }
  }
  const message = `${rawPath.slice(0, 200)} takes ${allowed.join(' or ')}, not ${method}.`
  const answer = failure(new AppError('bad_request', message))
  return { answer: { ...answer, statusCode: 405, headers: { ...answer.headers, allow: allowed.join(', ') } } }
}

/** The parameters of the path, decoded; undefined when the raw path is another one. */
function pathParameters(path: string, rawPath: string): Record<string, string> | undefined {
  const wanted = path.split('/')
  const given = rawPath.split('/')
  if (wanted.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [i, part] of wanted.entries()) {
    if (!part.startsWith('{')) {
      if (part !== given[i]) return undefined
    } else if (given[i] === '') return undefined
    else parameters[part.slice(1, -1)] = decoded(given[i])
  }
  return parameters
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (cause) {
    throw new AppError('bad_request', `The path holds a broken %-code: ${part.slice(0, 60)}.`, undefined, cause)
  }
}
