import { type Transferable, Worker } from 'node:worker_threads'
import { AppError, type ErrorCode } from '../core/errors.ts'
import { Beat } from './beat.ts'
import { LOOK_MS, Watch, type WatchLimits } from './watch.ts'
import type { WorkerStart } from './worker.ts'

export interface ThreadsOptions {
  /** the worker's entry: a module that ends in serveJobs(handler) */
  url: URL
  /** jobs run at once */
  size: number
  /** what the entry's workerStart gives it */
  data?: unknown
  /** whether a loaded worker stands by beside the working ones, so that ending one costs no start */
  spare?: boolean
  /** CPU time of a worker by the name it gave itself, in ms; wall time is counted where it is not known */
  cpuMs?: (thread: string) => number | undefined
}

/** Counted from the moment a loaded worker takes the job; past a deadline the worker is terminated. */
export interface RunOptions extends WatchLimits {
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
  | { kind: 'ready'; thread?: string }
  | { kind: 'progress'; id: number; progress: unknown }
  | { kind: 'done'; id: number; spent: boolean; answer: unknown }
  | { kind: 'error'; id: number; spent: boolean; error: { code: ErrorCode; message: string; details?: unknown } }

interface Waiting {
  id: number
  job: unknown
  options: RunOptions
  resolve(answer: unknown): void
  reject(error: AppError): void
}

interface Seat {
  worker: Worker
  beat: Beat
  ready: boolean
  thread: string | undefined
  task: Waiting | null
  watch: Watch | null
  /** why the worker is being ended by us */
  ended: AppError | null
}

/**
 * Starts workers as jobs come, up to `size` (with a spare, all of them at once); one that ran over a deadline, broke or says
 * that it is spent is replaced by a fresh one.
 */
export function createThreads({ url, size, data, spare = false, cpuMs = () => undefined }: ThreadsOptions): Threads {
  const most = size + (spare ? 1 : 0)
  const seats = new Set<Seat>()
  const queue: Waiting[] = []
  let nextId = 1
  let closed = false

  const start = (): void => {
    const beat = new Beat()
    const workerData: WorkerStart = { beat: beat.buffer, data }
    const worker = new Worker(url, { workerData })
    const seat: Seat = { worker, beat, ready: false, thread: undefined, task: null, watch: null, ended: null }
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
      seat.thread = message.thread
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
    if (message.spent) end(seat, new AppError('interrupted', 'The worker was spent.'))
    if (message.kind === 'done') task.resolve(message.answer)
    else task.reject(new AppError(message.error.code, message.error.message, message.error.details))
    dispatch()
  }

  const release = (seat: Seat): void => {
    seat.task = null
    seat.watch = null
    seat.worker.unref()
  }

  let timer: NodeJS.Timeout | undefined
  /** Looks at every worker that is at work, as long as there is one. */
  const look = (): void => {
    for (const seat of seats) {
      if (seat.watch === null || seat.ended !== null) continue
      const overdue = seat.watch.overdue()
      if (overdue === undefined) continue
      // Its place is free at once: the next job need not wait until the thread is gone.
      const { task } = seat
      end(seat, overdue)
      release(seat)
      task?.reject(overdue)
    }
    dispatch()
    if (working() > 0) return
    clearInterval(timer)
    timer = undefined
  }

  const end = (seat: Seat, why: AppError): void => {
    seat.ended ??= why
    void seat.worker.terminate()
  }

  const leave = (seat: Seat, cause: unknown, code: number): void => {
    seats.delete(seat)
    const failed = seat.ended ?? broken(cause, code)
    if (seat.task !== null) seat.task.reject(failed)
    // A worker that cannot even load fails the job it was started for: otherwise that job would wait for ever.
    else if (!seat.ready && !closed) queue.shift()?.reject(failed)
    if (seat.ready || queue.length > 0) dispatch()
  }

  /** Gives waiting jobs to loaded workers, and starts workers where there are too few. */
  const dispatch = (): void => {
    if (closed) return
    for (const seat of seats) {
      if (queue.length === 0 || working() >= size) break
      if (seat.ready && seat.task === null && seat.ended === null) assign(seat, queue.shift()!)
    }
    const standing = [...seats].filter((seat) => seat.ended === null)
    const loading = standing.filter((seat) => !seat.ready).length
    const wanted = spare ? most - standing.length + loading : Math.min(queue.length, size - working())
    for (let i = loading; i < wanted && standing.length + i - loading < most; i++) start()
  }

  const working = (): number => [...seats].filter((seat) => seat.task !== null).length

  const assign = (seat: Seat, task: Waiting): void => {
    seat.task = task
    seat.worker.ref()
    const { thread } = seat
    seat.watch = new Watch(task.options, seat.beat, () => (thread === undefined ? undefined : cpuMs(thread)))
    timer ??= setInterval(look, LOOK_MS)
    const { transfer = [] } = task.options
    try {
      seat.worker.postMessage({ id: task.id, job: task.job }, transfer as Transferable[])
    } catch (error) {
      release(seat)
      task.reject(
        new AppError('internal', `The job cannot be sent to a worker: ${(error as Error).message}`, undefined, error),
      )
    }
  }

  if (spare) dispatch()
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
      clearInterval(timer)
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
