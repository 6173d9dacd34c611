import { routes } from '../../functions/routes.ts'
import { type HttpAnswer, type HttpMethod, httpJson } from '../../lib/local/client.ts'
import { type Gateway, startGateway } from '../../lib/local/gateway.ts'
import { type FakeApplication, fakeApplication } from './fake-application.ts'
import { type FakeKeys, fakeKeys } from './fake-keys.ts'

export interface Api {
  app: FakeApplication
  keys: FakeKeys
  gateway: Gateway
  call(method: HttpMethod, path: string, body?: unknown): Promise<HttpAnswer>
  /** sends text as it is */
  raw(method: string, path: string, text?: string, headers?: Record<string, string>): Promise<HttpAnswer>
}

/** The whole API over the fake application, on loopback. */
export async function openApi(app = fakeApplication(), keys = fakeKeys()): Promise<Api> {
  const gateway = await startGateway({
    routes: routes(() => app, keys, { version: '0.0.0', pid: 1, home: '/home' }),
    clock: () => 1_000,
  })
  return {
    app,
    keys,
    gateway,
    call: (method, path, body) => httpJson(gateway.url, method, path, body),
    async raw(method, path, body, headers = {}) {
      const response = await fetch(gateway.url + path, { method, body, headers })
      return { status: response.status, body: await response.json() }
    },
  }
}
