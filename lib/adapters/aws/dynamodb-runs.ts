import { randomUUID } from 'node:crypto'
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
import * as z from 'zod'
import { AppError } from '../../core/errors.ts'
import { canonicalJson, sha256 } from '../../core/hash.ts'
import { LOCAL_OWNER } from '../../core/owner.ts'
import { hasEnded, KEY_SECONDS, type Run, type RunStore, runRecord } from '../../runs/run.ts'
import {
  conditionFailed,
  errorText,
  ownedPartition,
  putNew,
  readRecord,
  readText,
  recordText,
  type Table,
  writeError,
} from './dynamodb.ts'
import { wasRetried } from './retry.ts'

/**
 * Runs in the table. The run itself is the item RUN#id; two pointers lead to it: one in RUNS, ordered by time, and one in
 * UNFINISHED until it ends. Pointers are written before the run and removed after its end, so that a process killed in between
 * leaves at most a pointer too many; the readers below pass over those.
 */
const runKey = (runId: string) => ({ pk: `RUN#${runId}`, sk: 'RUN' })
const listKey = (run: Pick<Run, 'run_id' | 'created_at' | 'owner'>) => ({
  pk: ownedPartition('RUNS', run.owner),
  sk: `${run.created_at}#${run.run_id}`,
})
const unfinishedKey = (runId: string) => ({ pk: 'UNFINISHED', sk: runId })
/** A request's key, hashed with its owner: neither can pass for the other. */
const askedKey = (owner: string, key: string) => ({ pk: `ASKED#${sha256(canonicalJson([owner, key]))}`, sk: 'ASKED' })
const askedRecord = z.object({ run_id: z.string(), request_hash: z.string() })
/** What runs of a home made before there were owners, steps and data versions lack. */
const BEFORE = { owner: LOCAL_OWNER, step: 1, data_version: null }

type Item = Record<string, unknown>

function toItem(run: Run): Item {
  const { chunks_done: _counted, request, error, ...plain } = run
  const what = `The request of run ${run.run_id}`
  return {
    ...runKey(run.run_id),
    ...plain,
    request: recordText(request, what),
    error: error && errorText(error),
  }
}

function toRun({ pk: _pk, sk: _sk, done, ...item }: Item): Run {
  const what = `run ${String(item.run_id)}`
  return readRecord(
    runRecord,
    {
      ...BEFORE,
      updated_at: item.created_at,
      ...item,
      request: readText(item.request, what),
      error: item.error && readText(item.error, what),
      chunks_done: done instanceof Set ? done.size : 0,
    },
    what,
  )
}

/** A RunStore in a DynamoDB table; `too_large` when a run's request does not fit one item. */
export function dynamodbRuns(table: Table): RunStore {
  const { documents, name: TableName } = table
  const put = (item: Item) => documents.send(new PutCommand({ TableName, Item: item }))
  const remove = (Key: Item) => documents.send(new DeleteCommand({ TableName, Key }))

  const read = async (runId: string) =>
    (await documents.send(new GetCommand({ TableName, Key: runKey(runId), ConsistentRead: true }))).Item

  const get = async (runId: string) => {
    const item = await read(runId)
    return item && toRun(item)
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

  /**
   * Applies the change when its condition holds: the run afterwards, or undefined when it does not hold. A change that is made once
   * leaves a mark of its writer in the attribute `by`: one whose answer was lost is known by it.
   */
  const change = async (
    runId: string,
    update: Omit<UpdateCommandInput, 'TableName' | 'Key'>,
    by?: 'begun_by' | 'ended_by',
  ) => {
    const me = randomUUID()
    try {
      const answer = await documents.send(
        new UpdateCommand({
          TableName,
          Key: runKey(runId),
          ReturnValues: 'ALL_NEW',
          ExpressionAttributeNames: { '#status': 'status' },
          ...update,
          ...(by && { ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':me': me } }),
        }),
      )
      return toRun(answer.Attributes ?? {})
    } catch (error) {
      if (!conditionFailed(error)) throw writeError(error, `The end of run ${runId}`)
      const item = by && wasRetried(error) ? await read(runId) : undefined
      if (by && item?.[by] === me) return toRun(item)
      await known(runId)
      return undefined
    }
  }

  return {
    async create(run) {
      const item = toItem(run)
      await put({ ...listKey(run), run_id: run.run_id })
      await put({ ...unfinishedKey(run.run_id), run_id: run.run_id })
      return putNew(table, item).catch((error) => {
        throw writeError(error, `The request of run ${run.run_id}`)
      })
    },

    get,

    async list(owner, limit) {
      const runs: Run[] = []
      for await (const { Items } of pointers(ownedPartition('RUNS', owner), false)) {
        const keys = new Set((Items ?? []).map((pointer) => String(pointer.sk)))
        const page = await getMany([...new Set((Items ?? []).map((pointer) => String(pointer.run_id)))])
        // A pointer left by a refused second run of the same id names another instant than the run it leads to.
        runs.push(...page.filter((run) => keys.has(listKey(run).sk)))
        if (runs.length >= limit) break
      }
      return runs.slice(0, limit)
    },

    async begin(runId, step, chunks, at) {
      const begun = await change(
        runId,
        {
          UpdateExpression:
            'SET #status = :running, #step = :step, chunks = :chunks, updated_at = :at, begun_by = :me REMOVE done',
          ConditionExpression: '#status IN (:queued, :running) AND #step < :step',
          ExpressionAttributeNames: { '#status': 'status', '#step': 'step' },
          ExpressionAttributeValues: {
            ':running': 'running',
            ':queued': 'queued',
            ':step': step,
            ':chunks': chunks,
            ':at': at,
          },
        },
        'begun_by',
      )
      return begun !== undefined
    },

    async chunkDone(runId, step, chunk, at) {
      const counted = await change(runId, {
        UpdateExpression: 'ADD done :chunk SET updated_at = :at',
        // What is counted already moves nothing: a run that stands still is known by its instant.
        ConditionExpression:
          '#status = :running AND #step = :step AND chunks > :number AND NOT contains(done, :number)',
        ExpressionAttributeNames: { '#status': 'status', '#step': 'step' },
        ExpressionAttributeValues: {
          ':chunk': new Set([chunk]),
          ':number': chunk,
          ':running': 'running',
          ':step': step,
          ':at': at,
        },
      })
      if (counted) return { done: counted.chunks_done, of: counted.chunks }
      const run = await known(runId)
      if (run.status !== 'running' || run.step !== step) return undefined
      if (chunk < run.chunks) return { done: run.chunks_done, of: run.chunks }
      throw new AppError('bad_request', `Step ${step} of run ${runId} has ${run.chunks} chunks: no chunk ${chunk}.`)
    },

    async succeed(runId, resultKey, finishedAt) {
      const done = await change(
        runId,
        {
          UpdateExpression: 'SET #status = :succeeded, result_key = :key, finished_at = :at, ended_by = :me',
          ConditionExpression: '#status IN (:queued, :running)',
          ExpressionAttributeValues: {
            ':succeeded': 'succeeded',
            ':queued': 'queued',
            ':running': 'running',
            ':key': resultKey,
            ':at': finishedAt,
          },
        },
        'ended_by',
      )
      if (done) await remove(unfinishedKey(runId))
      return done !== undefined
    },

    async fail(runId, error, finishedAt) {
      const failed = await change(
        runId,
        {
          UpdateExpression: 'SET #status = :failed, #error = :error, finished_at = :at, ended_by = :me',
          ConditionExpression: '#status IN (:queued, :running)',
          ExpressionAttributeNames: { '#status': 'status', '#error': 'error' },
          ExpressionAttributeValues: {
            ':failed': 'failed',
            ':queued': 'queued',
            ':running': 'running',
            ':error': errorText(error),
            ':at': finishedAt,
          },
        },
        'ended_by',
      )
      if (failed) await remove(unfinishedKey(runId))
      return failed !== undefined
    },

    async unfinished() {
      const runs: Run[] = []
      for await (const { Items } of pointers('UNFINISHED', true)) {
        const page = await getMany((Items ?? []).map((pointer) => String(pointer.run_id)))
        for (const run of page) {
          // The process was killed between the end of the run and the removal of its pointer.
          if (hasEnded(run)) await remove(unfinishedKey(run.run_id))
          else runs.push(run)
        }
      }
      return runs
    },

    async remember(owner, key, asked, at, over) {
      const Key = askedKey(owner, key)
      const seconds = Math.floor(Date.parse(at) / 1_000)
      for (;;) {
        try {
          await documents.send(
            new PutCommand({
              TableName,
              Item: { ...Key, ...asked, ttl: seconds + KEY_SECONDS },
              // The table deletes what is over when it gets to it, which can take days.
              ConditionExpression: 'attribute_not_exists(pk) OR #ttl <= :now OR run_id = :over',
              ExpressionAttributeNames: { '#ttl': 'ttl' },
              // No run is called so.
              ExpressionAttributeValues: { ':now': seconds, ':over': over ?? '-' },
            }),
          )
          return asked
        } catch (error) {
          if (!conditionFailed(error)) throw error
        }
        // A write whose answer was lost meets its own item when it is sent again.
        const { Item } = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }))
        if (Item !== undefined) return readRecord(askedRecord, Item, 'key of a request')
      }
    },
  }
}
