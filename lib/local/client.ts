import { type IncomingHttpHeaders, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { AppError } from '../core/errors.ts'

export type HttpMethod = 'GET' | 'POST' | 'DELETE'

export interface HttpAnswer {
  status: number
  /** the parsed JSON */
  body: unknown
  /** where a 202 or 303 leads */
  location?: string
  /** how long to wait before asking again */
  retryAfterSeconds?: number
}

/** The connection was refused: nothing was sent, so the request can be made again. */
export class Unreachable extends AppError {}

export interface RequestOptions {
  timeoutMs?: number
  /** sent as `Authorization: Bearer KEY`, to this address and nowhere else: redirections are not followed */
  key?: string
  /** says that this request is the same as others of this key, so that it can be sent again when its answer was lost */
  idempotencyKey?: string
}

/**
 * One JSON request; waits for the answer as long as the work takes, or `timeoutMs`. Throws Unreachable when nobody listens,
 * `interrupted` when the other side goes away before it has answered, `internal` when the answer is no JSON.
 */
export function httpJson(
  base: string,
  method: HttpMethod,
  path: string,
  body?: unknown,
  { timeoutMs, key, idempotencyKey }: RequestOptions = {},
): Promise<HttpAnswer> {
  const target = new URL(base.replace(/\/+$/, '') + path)
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    accept: 'application/json',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
  }
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => reject(lost(cause, target))
    const send = target.protocol === 'https:' ? overHttps : overHttp
    // Without an agent each request has its own connection: a kept one can be closed by the host just as the next request
    // leaves, and Node's own agent gives up after 5 s.
    const request = send(target, { method, headers, agent: false, timeout: timeoutMs }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', fail)
      response.on('end', () => {
        const status = response.statusCode ?? 0
        const answer = Buffer.concat(parts).toString('utf8')
        try {
          resolve({ status, body: JSON.parse(answer), ...pointers(response.headers) })
        } catch (cause) {
          const start = answer.slice(0, 80)
          const message = `${target.origin} answered ${method} ${path} with status ${status} and no JSON ("${start}"). Check the URL.`
          reject(new AppError('internal', message, undefined, cause))
        }
      })
    })
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', fail)
    request.end(text)
  })
}

/** Seconds beyond which a pause asked for is taken for a mistake. */
const LONGEST_PAUSE = 3_600

function pointers({
  location,
  'retry-after': wait,
}: IncomingHttpHeaders): Pick<HttpAnswer, 'location' | 'retryAfterSeconds'> {
  const seconds = wait !== undefined && /^\d{1,6}$/.test(wait) ? Math.min(LONGEST_PAUSE, Number(wait)) : undefined
  return {
    ...(location === undefined ? {} : { location }),
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  }
}

function lost(cause: NodeJS.ErrnoException, target: URL): AppError {
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(cause.code ?? ''))
    return new Unreachable(
      'interrupted',
      `Nothing answers at ${target.origin} (${cause.code}). Check the URL.`,
      undefined,
      cause,
    )
  return new AppError(
    'interrupted',
    `${target.origin} went away before it had answered ${target.pathname} (${cause.message}). Run the command again.`,
    undefined,
    cause,
  )
}
