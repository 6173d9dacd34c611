import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns'
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { documentClient, tableDefinition } from '../../lib/adapters/aws/dynamodb.ts'
import type { Service } from '../../lib/adapters/aws/retry.ts'
import { s3Client, s3Objects } from '../../lib/adapters/aws/s3-objects.ts'
import { sqsClient } from '../../lib/adapters/aws/sqs-queue.ts'
import { openDirectory } from '../../lib/adapters/local/directory.ts'
import { openLocalTable } from '../../lib/adapters/local/dynalite.ts'
import { openFauxqs, openMoto } from './emulators.ts'
import type { FromMachine, MachineTask, ToMachine } from './machine.ts'

/** Functions that a queue feeds, with the queue's batch size. */
const FED = {
  generate: { queue: 'generate', batchSize: 1 },
  chunk: { queue: 'chunk', batchSize: 1 },
  merge: { queue: 'merge', batchSize: 1 },
  'alert-run': { queue: 'alert', batchSize: 1 },
  notify: { queue: 'notify', batchSize: 10 },
} as const
export type Fed = keyof typeof FED
/** Functions of the API. */
const API = ['ask', 'runs', 'explain', 'rules', 'subscriptions', 'health', 'keys']

export interface DeploymentOptions {
  /** `npm`: dynalite and fauxqs; `moto`: one server for everything */
  emulator?: 'npm' | 'moto'
  /** how long a message that was taken stays hidden; short, so that a lost one comes again soon */
  visibilitySeconds?: number
}

/** A machine at work; `kill` ends it as a power cut does. */
export interface Machine {
  url: string | undefined
  call(entry: string, event?: unknown): Promise<unknown>
  /** the JSON lines it has logged */
  lines(): string[]
  kill(): Promise<void>
}

/** An emulated deployment: its table, buckets, queues and topic, and machines that run its built functions. */
export async function openDeployment({ emulator = 'npm', visibilitySeconds = 20 }: DeploymentOptions = {}) {
  const table = emulator === 'npm' ? await openLocalTable() : undefined
  const aws = emulator === 'npm' ? await openFauxqs() : await openMoto()
  const { service } = aws
  const tables: Service = table === undefined ? service : { ...service, endpoint: table.endpoint }
  if (table === undefined) await documentClient(service).send(new CreateTableCommand(tableDefinition('saywhen')))
  const s3 = s3Client(service, { pathStyle: true })
  for (const Bucket of ['bars', 'results']) await s3.send(new CreateBucketCommand({ Bucket }))
  const sqs = sqsClient(service)
  const queueUrl = async (QueueName: string, Attributes: Record<string, string>) =>
    (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl!
  const queues: Record<string, { url: string; dead: string }> = {}
  for (const name of ['generate', 'chunk', 'merge', 'alert', 'notify']) {
    const dead = await queueUrl(`${name}-dead`, {})
    const asked = { QueueUrl: dead, AttributeNames: ['QueueArn' as const] }
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(asked))
    const redrive = JSON.stringify({ deadLetterTargetArn: Attributes!.QueueArn, maxReceiveCount: 3 })
    const url = await queueUrl(name, { VisibilityTimeout: String(visibilitySeconds), RedrivePolicy: redrive })
    queues[name] = { url, dead }
  }
  const sns = new SNSClient({ endpoint: service.endpoint, region: service.region, credentials: service.credentials })
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }))
  const scratch = mkdtempSync(join(tmpdir(), 'saywhen-aws-'))
  const machines = new Set<Machine>()

  const env: Record<string, string> = {
    SAYWHEN_TABLE: 'saywhen',
    SAYWHEN_BARS: 'bars',
    SAYWHEN_RESULTS: 'results',
    SAYWHEN_TOPIC: TopicArn!,
    ...Object.fromEntries(
      Object.entries(queues).map(([name, { url }]) => [`SAYWHEN_${name.toUpperCase()}_QUEUE`, url]),
    ),
    AWS_REGION: service.region!,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: service.endpoint!,
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint!,
    TMPDIR: scratch,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  }

  async function start(task: MachineTask, more: Record<string, string> = {}): Promise<Machine> {
    const child: ChildProcess = fork(fileURLToPath(new URL('./machine.ts', import.meta.url)), [JSON.stringify(task)], {
      execArgv: ['--import', 'tsx'],
      env: { PATH: process.env.PATH ?? '', ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let said = ''
    for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', (text) => (said += text))
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const calls = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
    const url = await new Promise<string | undefined>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`The machine ended with exit code ${code}.`)))
      child.on('message', (message: FromMachine) => {
        if ('ready' in message) return resolve(message.ready.url)
        const waiting = calls.get(message.call)
        calls.delete(message.call)
        if (message.error === undefined) waiting?.resolve(message.answer)
        else waiting?.reject(new Error(message.error))
      })
    })
    const machine: Machine = {
      url,
      call: (entry, event = {}) =>
        new Promise((resolve, reject) => {
          const call = calls.size + Math.random()
          calls.set(call, { resolve, reject })
          child.send({ call, entry, event } satisfies ToMachine)
        }),
      lines: () => said.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}')),
      kill: async () => {
        machines.delete(machine)
        child.kill('SIGKILL')
        await gone
      },
    }
    machines.add(machine)
    return machine
  }

  return {
    env,
    queues,
    service,
    tables,
    results: s3Objects(
      { client: s3, name: 'results' },
      { waiting: service.waiting, newId: () => String(Math.random()) },
    ),
    bars: s3Objects({ client: s3, name: 'bars' }, { waiting: service.waiting, newId: () => String(Math.random()) }),
    start,
    /** A machine that serves the API. */
    api: (more?: Record<string, string>) => start({ api: API }, more),
    /** A machine that takes messages of some queues. */
    worker: (
      fed: readonly Fed[],
      { concurrency = 1, more }: { concurrency?: number; more?: Record<string, string> } = {},
    ) =>
      start(
        {
          queues: fed.map((entry) => {
            const { queue, batchSize } = FED[entry]
            return { url: queues[queue].url, entry, batchSize, concurrency }
          }),
        },
        more,
      ),
    /** Everything a home holds beside its state, as it lies there. */
    async upload(home: string): Promise<void> {
      const from = await openDirectory(home)
      const to = s3Objects({ client: s3, name: 'bars' }, { waiting: service.waiting, newId: () => 'upload' })
      for (const key of await from.list(''))
        if (!key.startsWith('state/') && !key.startsWith('results/')) await to.put(key, (await from.get(key))!)
    },
    async close(): Promise<void> {
      for (const machine of [...machines]) await machine.kill()
      await aws.stop()
      await table?.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}
export type Deployment = Awaited<ReturnType<typeof openDeployment>>
