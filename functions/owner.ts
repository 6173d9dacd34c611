import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import * as z from 'zod'
import type { Caller } from '../lib/access/caller.ts'
import { AppError } from '../lib/core/errors.ts'

const callerInEvent = z.object({
  owner: z.string().min(1).max(200).optional(),
  key_id: z.string().min(1).max(200).optional(),
  operator: z.literal(true).optional(),
})

/**
 * Who asks: what the authorizer found, or the gateway of this machine in its place. Only they can write there; a client's headers,
 * path and body never reach it. A request that no authorizer has seen is refused, so that a route without one serves nobody.
 */
export function callerOf(event: APIGatewayProxyEventV2): Caller {
  const { authorizer } = event.requestContext as { authorizer?: { lambda?: unknown } }
  const caller = callerInEvent.safeParse(authorizer?.lambda).data
  if (caller?.owner === undefined && caller?.operator !== true)
    throw new AppError('unauthorized', 'Who asks is not known. Send a key: Authorization: Bearer swk_...')
  return caller
}

/** Whose strategies and runs are meant. */
export function ownerOf(event: APIGatewayProxyEventV2): string {
  const { owner } = callerOf(event)
  if (owner === undefined)
    throw new AppError('forbidden', 'The operator’s key creates keys for owners (POST /keys) and does nothing else.')
  return owner
}
