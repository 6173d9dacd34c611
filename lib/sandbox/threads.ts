import { parentPort, type Transferable, Worker } from 'node:worker_threads'
import { AppError, type ErrorCode, errorBody } from '../core/errors.ts'

export interface ThreadsOptions {
  /** the worker's entry: a module that ends in serveJobs(handler) */
  url: URL
  /** jobs run at once */
  size: number
  workerData?: unknown
  /** whether a loaded worker stands by beside the working ones, so that ending one costs no start */
  spare?: boolean
}

export interface RunOptions {
  /** wall time of the job, from the moment a loaded worker takes it; past it the worker is terminated */
  wallMs: number
  onProgress?: (progress: unknown) => void
  transfer?: readonly Transferable[]
}

/** A pool of worker threads; jobs start in the order they came. */
export interface Threads {
  readonly size: number
  /** Rejects with what the handler threw, `limit` past the deadline, `internal` when the worker broke, `interrupted` after close. */
  run<Job, Answer>(job: Job, options: RunOptions): Promise<Answer>
  close(): Promise<void>
}

type FromWorker =
  | { kind: 'ready' }
  | { kind: 'progress'; id: number; progress: unknown }
  | { kind: 'done'; id: number; answer: unknown }
  | { kind: 'error'; id: number; error: { code: ErrorCode; message: string; details?: unknown } }

interface Waiting {
  id: number
  job: unknown
  options: RunOptions
  resolve(answer: unknown): void
  reject(error: AppError): void
}

interface Seat {
  worker: Worker
  ready: boolean
  task: Waiting | null
  timer: NodeJS.Timeout | undefined
  /** why the worker is being ended by us */
  ended: AppError | null
}

/** Starts workers as jobs come, up to `size`; one that ran over its deadline or broke is replaced by a fresh one. */
export function createThreads({ url, size, workerData, spare = false }: ThreadsOptions): Threads {
  const most = size + (spare ? 1 : 0)
  const seats = new Set<Seat>()
  const queue: Waiting[] = []
  let nextId = 1
  let closed = false

  const start = (): void => {
    const worker = new Worker(url, { workerData })
    const seat: Seat = { worker, ready: false, task: null, timer: undefined, ended: null }
    seats.add(seat)
    let cause: unknown
    worker.on('message', (message: FromWorker) => receive(seat, message))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('messageerror', (error) => {
      cause = error
      void worker.terminate()
    })
    worker.on('exit', (code) => leave(seat, cause, code))
  }

  const receive = (seat: Seat, message: FromWorker): void => {
    if (message.kind === 'ready') {
      seat.ready = true
      seat.worker.unref()
      dispatch()
      return
    }
    const { task } = seat
    if (task === null || task.id !== message.id || seat.ended !== null) return
    if (message.kind === 'progress') {
      task.options.onProgress?.(message.progress)
      return
    }
    release(seat)
    if (message.kind === 'done') task.resolve(message.answer)
    else task.reject(new AppError(message.error.code, message.error.message, message.error.details))
    dispatch()
  }

  const release = (seat: Seat): void => {
    clearTimeout(seat.timer)
    seat.task = null
    seat.worker.unref()
  }

  const leave = (seat: Seat, cause: unknown, code: number): void => {
    seats.delete(seat)
    clearTimeout(seat.timer)
    const failed = seat.ended ?? broken(cause, code)
    if (seat.task !== null) seat.task.reject(failed)
    // A worker that cannot even load fails the job it was started for: otherwise that job would wait for ever.
    else if (!seat.ready && !closed) queue.shift()?.reject(failed)
    if (!closed && (queue.length > 0 || seat.ready)) dispatch(seat.ready)
  }

  /** Gives waiting jobs to loaded workers, and starts workers where there are too few. */
  const dispatch = (replace = false): void => {
    if (closed) return
    for (const seat of seats) {
      if (queue.length === 0 || working() >= size) break
      if (seat.ready && seat.task === null && seat.ended === null) assign(seat, queue.shift()!)
    }
    const loading = [...seats].filter((seat) => !seat.ready).length
    const wanted = Math.min(queue.length, size - working()) + (spare ? 1 : replace && queue.length === 0 ? 1 : 0)
    for (let i = loading; i < wanted && seats.size < most; i++) start()
  }

  const working = (): number => [...seats].filter((seat) => seat.task !== null).length

  const assign = (seat: Seat, task: Waiting): void => {
    seat.task = task
    seat.worker.ref()
    const { wallMs, transfer = [] } = task.options
    seat.timer = setTimeout(() => {
      const message = `The job took longer than ${wallMs} ms and was ended.`
      seat.ended = new AppError('limit', message, { kind: 'timeout', wall_ms: wallMs })
      void seat.worker.terminate()
    }, wallMs)
    try {
      seat.worker.postMessage({ id: task.id, job: task.job }, transfer as Transferable[])
    } catch (error) {
      release(seat)
      task.reject(
        new AppError('internal', `The job cannot be sent to a worker: ${(error as Error).message}`, undefined, error),
      )
    }
  }

  return {
    size,
    run<Job, Answer>(job: Job, options: RunOptions): Promise<Answer> {
      if (closed) return Promise.reject(new AppError('interrupted', 'The worker threads are closed.'))
      return new Promise<Answer>((resolve, reject) => {
        queue.push({ id: nextId++, job, options, resolve: resolve as (answer: unknown) => void, reject })
        dispatch()
      })
    },
    async close() {
      closed = true
      const ended = new AppError('interrupted', 'The worker threads were closed before the job was done.')
      for (const waiting of queue.splice(0)) waiting.reject(ended)
      await Promise.all(
        [...seats].map((seat) => {
          seat.ended ??= ended
          return seat.worker.terminate()
        }),
      )
    },
  }
}

function broken(cause: unknown, code: number): AppError {
  const reason = cause instanceof Error ? cause.message : `it ended with exit code ${code}`
  if ((cause as { code?: string } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new AppError('limit', 'A worker thread ran out of memory.', { kind: 'memory' }, cause)
  }
  return new AppError('internal', `A worker thread broke: ${reason}`, undefined, cause)
}

/** What a handler may do beside returning its answer. */
export interface JobContext {
  progress(progress: unknown): void
  /** buffers of the answer that move to the other side instead of being copied */
  transfer(...buffers: Transferable[]): void
}

/** The worker's side: answers each job with what the handler returns; a thrown error crosses as code, message and details. */
export function serveJobs<Job>(handler: (job: Job, context: JobContext) => unknown): void {
  const port = parentPort
  if (port === null) throw new AppError('internal', 'serveJobs runs inside a worker thread.')
  port.on('message', async ({ id, job }: { id: number; job: Job }) => {
    const transfer: Transferable[] = []
    try {
      const answer = await handler(job, {
        progress: (progress) => port.postMessage({ kind: 'progress', id, progress }),
        transfer: (...buffers) => transfer.push(...buffers),
      })
      port.postMessage({ kind: 'done', id, answer }, transfer)
    } catch (error) {
      const { code, message, details } = errorBody(error)
      try {
        port.postMessage({ kind: 'error', id, error: { code, message, details } })
      } catch {
        port.postMessage({ kind: 'error', id, error: { code, message } })
      }
    }
  })
  port.postMessage({ kind: 'ready' })
}
