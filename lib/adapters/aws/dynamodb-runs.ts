import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  DeleteCommand,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { AppError } from '../../core/errors.ts'
import { type Run, type RunStore, runRecord } from '../../runs/run.ts'
import { conditionFailed, readRecord, readText, recordText, type Table, writeError } from './dynamodb.ts'

/**
 * Runs in the table. The run itself is the item RUN#id; two pointers lead to it: one in RUNS, ordered by time, and one in
 * UNFINISHED until it ends. Pointers are written before the run and removed after its end, so that a process killed in between
 * leaves at most a pointer too many; the readers below pass over those.
 */
const runKey = (runId: string) => ({ pk: `RUN#${runId}`, sk: 'RUN' })
const listKey = (run: Pick<Run, 'run_id' | 'created_at'>) => ({ pk: 'RUNS', sk: `${run.created_at}#${run.run_id}` })
const unfinishedKey = (runId: string) => ({ pk: 'UNFINISHED', sk: runId })
const ended = (run: Run) => run.status === 'succeeded' || run.status === 'failed'

type Item = Record<string, unknown>

function toItem(run: Run): Item {
  const { chunks_done: _counted, request, error, ...plain } = run
  const what = `The request of run ${run.run_id}`
  return {
    ...runKey(run.run_id),
    ...plain,
    request: recordText(request, what),
    error: error && recordText(error, what),
  }
}

function toRun({ pk: _pk, sk: _sk, done, ...item }: Item): Run {
  const what = `run ${String(item.run_id)}`
  return readRecord(
    runRecord,
    {
      ...item,
      request: readText(item.request, what),
      error: item.error && readText(item.error, what),
      chunks_done: done instanceof Set ? done.size : 0,
    },
    what,
  )
}

/** A RunStore in a DynamoDB table; `too_large` when a run's request does not fit one item. */
export function dynamodbRuns({ documents, name: TableName }: Table): RunStore {
  const put = (item: Item, extra = {}) => documents.send(new PutCommand({ TableName, Item: item, ...extra }))
  const remove = (Key: Item) => documents.send(new DeleteCommand({ TableName, Key }))

  const get = async (runId: string) => {
    const { Item } = await documents.send(new GetCommand({ TableName, Key: runKey(runId), ConsistentRead: true }))
    return Item && toRun(Item)
  }

  const known = async (runId: string) => {
    const run = await get(runId)
    if (!run) throw new AppError('not_found', `There is no run ${runId}. GET /runs lists those there are.`)
    return run
  }

  /** The runs of up to 100 ids, in their order; ids without a run are left out. */
  const getMany = async (runIds: string[]) => {
    const found = new Map<string, Run>()
    let asked: BatchGetCommandInput['RequestItems'] = {
      [TableName]: { Keys: runIds.map(runKey), ConsistentRead: true },
    }
    while (asked?.[TableName]?.Keys?.length) {
      const answer: BatchGetCommandOutput = await documents.send(new BatchGetCommand({ RequestItems: asked }))
      for (const item of answer.Responses?.[TableName] ?? []) found.set(String(item.run_id), toRun(item))
      asked = answer.UnprocessedKeys
    }
    return runIds.flatMap((id) => found.get(id) ?? [])
  }

  /** Pointers of one partition in pages of at most 100. */
  const pointers = (pk: string, forward: boolean) =>
    paginateQuery(
      { client: documents, pageSize: 100 },
      {
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ScanIndexForward: forward,
        ConsistentRead: true,
      },
    )

  /** Applies the change when its condition holds: the run afterwards, or undefined when it does not hold. */
  const change = async (runId: string, update: Omit<UpdateCommandInput, 'TableName' | 'Key'>) => {
    try {
      const answer = await documents.send(
        new UpdateCommand({
          TableName,
          Key: runKey(runId),
          ReturnValues: 'ALL_NEW',
          ExpressionAttributeNames: { '#status': 'status' },
          ...update,
        }),
      )
      return toRun(answer.Attributes ?? {})
    } catch (error) {
      if (!conditionFailed(error)) throw writeError(error, `The end of run ${runId}`)
      await known(runId)
      return undefined
    }
  }

  return {
    async create(run) {
      const item = toItem(run)
      await put({ ...listKey(run), run_id: run.run_id })
      await put({ ...unfinishedKey(run.run_id), run_id: run.run_id })
      try {
        await put(item, { ConditionExpression: 'attribute_not_exists(pk)' })
      } catch (error) {
        if (!conditionFailed(error)) throw writeError(error, `The request of run ${run.run_id}`)
        throw new AppError('conflict', `There is a run ${run.run_id} already. Choose another id.`)
      }
    },

    get,

    async list(limit) {
      const runs: Run[] = []
      for await (const { Items } of pointers('RUNS', false)) {
        const keys = new Set((Items ?? []).map((pointer) => String(pointer.sk)))
        const page = await getMany([...new Set((Items ?? []).map((pointer) => String(pointer.run_id)))])
        // A pointer left by a refused second run of the same id names another instant than the run it leads to.
        runs.push(...page.filter((run) => keys.has(listKey(run).sk)))
        if (runs.length >= limit) break
      }
      return runs.slice(0, limit)
    },

    async start(runId, chunks) {
      const started = await change(runId, {
        UpdateExpression: 'SET #status = :running, chunks = :chunks',
        ConditionExpression: '#status = :queued',
        ExpressionAttributeValues: { ':running': 'running', ':queued': 'queued', ':chunks': chunks },
      })
      return started !== undefined
    },

    async chunkDone(runId, chunk) {
      const counted = await change(runId, {
        UpdateExpression: 'ADD done :chunk',
        ConditionExpression: '#status = :running AND chunks > :number',
        ExpressionAttributeValues: { ':chunk': new Set([chunk]), ':number': chunk, ':running': 'running' },
      })
      if (counted) return counted.chunks_done
      const run = await known(runId)
      if (run.status === 'running')
        throw new AppError('bad_request', `Run ${runId} has ${run.chunks} chunks: there is no chunk ${chunk}.`)
      return run.chunks_done
    },

    async succeed(runId, resultKey, finishedAt) {
      const done = await change(runId, {
        UpdateExpression: 'SET #status = :succeeded, result_key = :key, finished_at = :at',
        ConditionExpression: '#status = :running',
        ExpressionAttributeValues: {
          ':succeeded': 'succeeded',
          ':running': 'running',
          ':key': resultKey,
          ':at': finishedAt,
        },
      })
      if (done) await remove(unfinishedKey(runId))
      return done !== undefined
    },

    async fail(runId, error, finishedAt) {
      const failed = await change(runId, {
        UpdateExpression: 'SET #status = :failed, #error = :error, finished_at = :at',
        ConditionExpression: '#status IN (:queued, :running)',
        ExpressionAttributeNames: { '#status': 'status', '#error': 'error' },
        ExpressionAttributeValues: {
          ':failed': 'failed',
          ':queued': 'queued',
          ':running': 'running',
          ':error': recordText(error, `The error of run ${runId}`),
          ':at': finishedAt,
        },
      })
      if (failed) await remove(unfinishedKey(runId))
      return failed !== undefined
    },

    async unfinished() {
      const runs: Run[] = []
      for await (const { Items } of pointers('UNFINISHED', true)) {
        const page = await getMany((Items ?? []).map((pointer) => String(pointer.run_id)))
        for (const run of page) {
          // The process was killed between the end of the run and the removal of its pointer.
          if (ended(run)) await remove(unfinishedKey(run.run_id))
          else runs.push(run)
        }
      }
      return runs
    },
  }
}
