import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What stands in place of the service's answer: a status with a body, or nothing at all; undefined lets the request through. */
export type Fault = { status: number; body: string; type: string } | 'nothing' | undefined

export const THROUGHPUT: Fault = {
  status: 400,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' }),
}
export const SLOW_DOWN: Fault = {
  status: 503,
  type: 'application/xml',
  body: '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
}

/** A server before another one on loopback, which answers some requests with what `faultOf` says. */
export async function openFlaky(endpoint: string, faultOf: (request: IncomingMessage) => Fault) {
  const { hostname, port } = new URL(endpoint)
  const counts = { asked: 0, faults: 0 }
  const pass = (asked: IncomingMessage, answer: ServerResponse) => {
    const { method, url: path, headers } = asked
    const onward = forward({ hostname, port, method, path, headers }, (got) => {
      answer.writeHead(got.statusCode!, got.headers)
      got.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    asked.pipe(onward)
  }
  const server = createServer((asked, answer) => {
    counts.asked++
    const fault = faultOf(asked)
    if (fault === undefined) return pass(asked, answer)
    counts.faults++
    if (fault === 'nothing') return void asked.socket.destroy()
    asked.resume().on('end', () => answer.writeHead(fault.status, { 'content-type': fault.type }).end(fault.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    counts,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
