import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Service, Waiting } from '../../lib/adapters/aws/retry.ts'

export interface Asked {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

/** What a server does with one request; `destroy` on its socket loses the answer. */
export type Answer = (asked: Asked, response: ServerResponse) => void | Promise<void>

/** A server on loopback whose answers a test writes, one after the other; the last one stays. */
export async function stubServer(...answers: Answer[]) {
  const asked: Asked[] = []
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { method = '', url: path = '', headers } = request
    const one = { method, path, headers, body: Buffer.concat(parts) }
    asked.push(one)
    await answers[Math.min(asked.length, answers.length) - 1](one, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { asked, port, close, service: (waiting: Waiting) => serviceAt(port, waiting) }
}

export const serviceAt = (port: number, waiting: Waiting): Service => ({
  endpoint: `http://127.0.0.1:${port}`,
  region: 'us-east-1',
  // Naming some credentials keeps the SDK from looking for real ones.
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  waiting,
})

/** An answer with a status, a body and headers. */
export const reply =
  (status: number, body: string | Uint8Array = '', headers: Record<string, string> = {}): Answer =>
  (_asked, response) => {
    response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers }).end(body)
  }

/** The connection ends without an answer. */
export const lost: Answer = (_asked, response) => {
  response.destroy()
}
