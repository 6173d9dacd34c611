import { AppError } from '../core/errors.ts'
import { type HttpAnswer, type HttpMethod, httpJson, type RequestOptions, Unreachable } from './client.ts'
import type { Host } from './host.ts'

/** A place that answers the API. */
export interface Connection {
  /** where requests go now */
  url(): string
  /** whether what was begun there goes on when this process ends */
  lasts(): boolean
  /** One request; with an `idempotencyKey` it is sent once more when the connection was lost before the answer. Follows nothing. */
  request(method: HttpMethod, path: string, body?: unknown, options?: RepeatOptions): Promise<HttpAnswer>
  close(): Promise<void>
}

export type RepeatOptions = Pick<RequestOptions, 'idempotencyKey'>

async function sent(
  base: string,
  method: HttpMethod,
  path: string,
  body: unknown,
  options: RequestOptions,
): Promise<HttpAnswer> {
  try {
    return await httpJson(base, method, path, body, options)
  } catch (error) {
    const answerLost = error instanceof AppError && error.code === 'interrupted' && !(error instanceof Unreachable)
    if (!answerLost || options.idempotencyKey === undefined) throw error
    return httpJson(base, method, path, body, options)
  }
}

/** A connection to a deployment, with the key to show there. */
export function connectUrl(url: string, key?: string): Connection {
  return {
    url: () => url,
    lasts: () => true,
    request: (method, path, body, options) => sent(url, method, path, body, { ...options, key }),
    close: async () => {},
  }
}

/** A connection to a home's host; where that host ends between two requests, the next one is found or taken over. */
export async function connectHome(find: () => Promise<Host>): Promise<Connection> {
  let host = await find()
  return {
    url: () => host.url,
    lasts: () => !host.own,
    async request(method, path, body, options = {}) {
      for (;;) {
        try {
          return await sent(host.url, method, path, body, options)
        } catch (error) {
          if (!(error instanceof Unreachable) || host.own) throw error
          host = await find()
        }
      }
    },
    close: () => host.close(),
  }
}
