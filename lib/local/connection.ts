import { type HttpAnswer, type HttpMethod, httpJson, Unreachable } from './client.ts'
import type { Host } from './host.ts'

/** A place that answers the API. */
export interface Connection {
  /** where requests go now */
  url(): string
  request(method: HttpMethod, path: string, body?: unknown): Promise<HttpAnswer>
  close(): Promise<void>
}

/** A connection to a deployment, with the key to show there. */
export function connectUrl(url: string, key?: string): Connection {
  return {
    url: () => url,
    request: (method, path, body) => httpJson(url, method, path, body, { key }),
    close: async () => {},
  }
}

/** A connection to a home's host; where that host ends between two requests, the next one is found or taken over. */
export async function connectHome(find: () => Promise<Host>): Promise<Connection> {
  let host = await find()
  return {
    url: () => host.url,
    async request(method, path, body) {
      for (;;) {
        try {
          return await httpJson(host.url, method, path, body)
        } catch (error) {
          if (!(error instanceof Unreachable) || host.own) throw error
          host = await find()
        }
      }
    },
    close: () => host.close(),
  }
}
