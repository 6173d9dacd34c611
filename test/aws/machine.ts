/**
 * A process that stands for AWS around the built functions: it takes messages from queues to handlers, answers HTTP as the API
 * Gateway with its authorizer would, and calls a function when it is told to. Killed, it is a machine that is gone.
 */
import type { APIGatewaySimpleAuthorizerWithContextResult, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type { Caller } from '../../lib/access/caller.ts'
import { bridge } from '../../lib/adapters/aws/sqs-bridge.ts'
import { sqsClient } from '../../lib/adapters/aws/sqs-queue.ts'
import { startGateway } from '../../lib/local/gateway.ts'
import type { HttpHandler, Method, Route } from '../../lib/local/routes.ts'
import { realWaiting } from '../adapters/waiting.ts'

export interface MachineTask {
  /** queues with the function each feeds */
  queues?: { url: string; entry: string; batchSize: number; concurrency: number }[]
  /** functions of the API; where it listens is told to the parent */
  api?: string[]
}
export type ToMachine = { call: number; entry: string; event: unknown }
export type FromMachine = { ready: { url?: string } } | { call: number; answer?: unknown; error?: string }

const functionOf = (entry: string) =>
  import(new URL(`../../dist/lambda/${entry}.mjs`, import.meta.url).href) as Promise<{
    handler: (event: never, context: object) => Promise<unknown>
    ROUTES?: string[]
  }>

const task: MachineTask = JSON.parse(process.argv[2])
const waiting = realWaiting()

for (const { url, entry, batchSize, concurrency } of task.queues ?? []) {
  const { handler } = await functionOf(entry)
  bridge({
    client: sqsClient({ waiting }),
    url,
    handler: (event: SQSEvent) => handler(event as never, {}) as Promise<SQSBatchResponse>,
    batchSize,
    concurrency,
    waitSeconds: 1,
    waiting,
    onError: (error) => console.error(`${entry}: ${String(error).slice(0, 300)}`),
  })
}

async function serveApi(entries: readonly string[]): Promise<string> {
  const routes: Route[] = []
  for (const entry of entries) {
    const { handler, ROUTES = [] } = await functionOf(entry)
    for (const route of ROUTES) {
      const [method, path] = route.split(' ') as [Method, string]
      routes.push({ method, path, handler: ((event) => handler(event as never, {})) as HttpHandler })
    }
  }
  const authorize = await functionOf('authorize')
  const authenticate = async (authorization: string | undefined) => {
    const event = { headers: { authorization }, requestContext: {}, routeKey: '' }
    const answer = (await authorize.handler(event as never, {})) as APIGatewaySimpleAuthorizerWithContextResult<Caller>
    return answer.isAuthorized ? { caller: answer.context } : { refused: 'refused' }
  }
  const elsewhere = { host: '127.0.0.1', authenticate, log: () => {} }
  return (await startGateway({ routes, clock: () => Date.now(), elsewhere })).url
}

const url = task.api && (await serveApi(task.api))
process.on('message', async ({ call, entry, event }: ToMachine) => {
  const answer: FromMachine = await functionOf(entry)
    .then(({ handler }) => handler(event as never, {}))
    .then(
      (done) => ({ call, answer: done }),
      (error) => ({ call, error: String(error) }),
    )
  process.send!(answer)
})
process.on('disconnect', () => process.exit(0))
process.send!({ ready: { url } } satisfies FromMachine)
