import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Authenticate, Caller } from '../access/caller.ts'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { LOCAL_OWNER } from '../core/owner.ts'
import { failure, gatewayEvent } from './gateway-event.ts'
import { matchRoute, type Route } from './routes.ts'

export interface GatewayOptions {
  routes: readonly Route[]
  clock: Clock
  /** 0 or absent: any free port */
  port?: number
  /** largest request body; 1 MiB when absent */
  bodyBytes?: number
  /** Where to listen for others instead of loopback: there every request is checked. */
  elsewhere?: Elsewhere
}

export interface Elsewhere {
  /** a name or address of this machine, or 0.0.0.0 or :: for all of them */
  host: string
  authenticate: Authenticate
  /** takes a line about each request that is refused */
  log: (line: string) => void
}

export interface Gateway {
  /** `http://HOST:PORT` */
  url: string
  /** Takes no further request, waits for those in flight, then closes. */
  close(): Promise<void>
}

/** The programs of this machine: everything is theirs, as the files of the home are. */
const THIS_MACHINE: Caller = { owner: LOCAL_OWNER, operator: true }
const LOOPBACK = '127.0.0.1'

/** An HTTP server, on loopback unless told otherwise, that hands each request to its route's handler as an API Gateway event (payload format 2.0). */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const host = options.elsewhere?.host ?? LOOPBACK
  // Ids of requests are counted against quotas: no two of a home may be alike, in this process or a later one.
  const opened = `${options.elsewhere === undefined ? 'local' : 'far'}-${options.clock()}`
  let requests = 0
  const server = createServer(async (request, response) => {
    const answer = await answerTo(request, options, `${opened}-${++requests}`).catch(failure)
    send(response, answer)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause, host, options.port)))
    server.listen(options.port ?? 0, host, resolve)
  })
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeIdleConnections()
      }),
  }
}

function listenError(cause: NodeJS.ErrnoException, host: string, port?: number): Error {
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND')
    return new AppError('bad_request', `${host} is no address of this machine. Choose another with --host.`, {}, cause)
  if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') return cause
  const why = cause.code === 'EACCES' ? 'may not be used by this user' : 'is in use'
  return new AppError(
    'bad_request',
    `Port ${port} ${why}. Choose another with --port, or leave it out for any free one.`,
    {},
    cause,
  )
}

async function answerTo(
  request: IncomingMessage,
  { routes, clock, bodyBytes = 1_048_576, elsewhere }: GatewayOptions,
  requestId: string,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (elsewhere === undefined) refuseStrangers(request)
  const caller = elsewhere === undefined ? THIS_MACHINE : await callerFrom(request, elsewhere, requestId)
  const [rawPath, ...query] = (request.url ?? '/').split('?')
  const found = matchRoute(routes, request.method ?? 'GET', rawPath)
  if ('answer' in found) return found.answer
  const body = await readBody(request, bodyBytes)
  const event: APIGatewayProxyEventV2 = gatewayEvent({
    method: found.route.method,
    routePath: found.route.path,
    rawPath,
    rawQuery: query.join('?'),
    parameters: found.parameters,
    headers: request.headers,
    body,
    now: clock(),
    requestId,
    caller,
    sourceIp: request.socket.remoteAddress ?? '',
  })
  return found.route.handler(event)
}

/**
 * A page in a browser can send requests to loopback, under its own name or under one that resolves to 127.0.0.1: both are
 * refused, since nothing but this machine's own programs is meant to be answered.
 */
function refuseStrangers({ headers }: IncomingMessage): void {
  const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i
  const origin = headers.origin?.replace(/^https?:\/\//i, '')
  if (!loopback.test(headers.host ?? '') || (origin !== undefined && !loopback.test(origin)))
    throw new AppError(
      'bad_request',
      'This host answers programs of this machine only, asked as 127.0.0.1 or localhost.',
    )
}

/** Who asks from elsewhere. A page in a browser cannot have the key; one of another origin is refused all the same. */
async function callerFrom(request: IncomingMessage, elsewhere: Elsewhere, requestId: string): Promise<Caller> {
  const { authorization, host, origin } = request.headers
  const foreign = origin !== undefined && origin.replace(/^https?:\/\//i, '') !== host
  const verdict = foreign ? { refused: 'a page of another origin' } : await elsewhere.authenticate(authorization)
  if ('caller' in verdict) return verdict.caller
  elsewhere.log(`${requestId} from ${request.socket.remoteAddress} refused: ${verdict.refused}`)
  throw new AppError('unauthorized', 'Send a valid key: Authorization: Bearer ... (saywhen --key KEY, or SAYWHEN_KEY).')
}

async function readBody(request: IncomingMessage, most: number): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    // What is over the limit is read and forgotten, so that the sender gets to see the answer; a flood is cut off.
    if (bytes <= most) parts.push(part)
    else if (bytes > 16 * most) break
  }
  if (bytes > most)
    throw new AppError('too_large', `The body is larger than ${most} bytes, the most a request may hold. Send less.`)
  if (bytes === 0) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch (cause) {
    throw new AppError('bad_request', 'The body is not UTF-8 text. Send JSON in UTF-8.', undefined, cause)
  }
}

function send(response: ServerResponse, answer: APIGatewayProxyStructuredResultV2): void {
  const text = answer.body ?? ''
  const body = Buffer.from(text, answer.isBase64Encoded ? 'base64' : 'utf8')
  response.writeHead(answer.statusCode ?? 200, {
    ...(answer.headers as Record<string, string>),
    'content-length': body.length,
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
