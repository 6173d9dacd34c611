import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerResult } from 'aws-lambda'
import type { Authenticate, Caller } from '../lib/access/caller.ts'

interface Answer extends APIGatewaySimpleAuthorizerResult {
  context?: Caller
}

/**
 * The authorizer of an HTTP API (payload format 2.0, simple response). Whatever fails is a refusal; the reason goes to the log,
 * the credential does not.
 *
 * The gateway keeps an answer for the authorizer's result TTL, under the Authorization header: a key revoked at t is refused from
 * t + TTL on at the latest (the store is read consistently, nothing else remembers keys), and so is one that expired at t. Use 60 s
 * or less. Within that time it can still run and read, but neither make nor revoke keys: those ask the store themselves.
 */
export const makeAuthorize =
  (authenticate: Authenticate, log: (line: Record<string, unknown>) => void) =>
  async (event: APIGatewayRequestAuthorizerEventV2): Promise<Answer> => {
    const about = { route: event?.routeKey, request: event?.requestContext?.requestId }
    try {
      const verdict = await authenticate(authorizationIn(event))
      if ('caller' in verdict) return { isAuthorized: true, context: verdict.caller }
      log({ message: 'refused', reason: verdict.refused, ...about })
    } catch (error) {
      // A store that does not answer: its error's name says which; its message might quote what was asked.
      log({
        message: 'refused',
        reason: `the check failed (${error instanceof Error ? error.name : typeof error})`,
        ...about,
      })
    }
    return { isAuthorized: false }
  }

/** API Gateway writes the names of headers in lower case. */
function authorizationIn(event: APIGatewayRequestAuthorizerEventV2): string | undefined {
  return event.headers?.authorization
}
