import { parentPort, type Transferable, workerData } from 'node:worker_threads'
import { AppError, errorBody } from '../core/errors.ts'
import { Beat } from './beat.ts'

/** What the host puts beside the entry's own data when it starts a worker. */
export interface WorkerStart {
  beat: SharedArrayBuffer
  data: unknown
}

/** What a worker is started with: its own data, and the beat its evaluations are told by. */
export function workerStart<Data>(): { data: Data; beat: Beat } {
  const { beat, data } = workerData as WorkerStart
  return { data: data as Data, beat: new Beat(beat) }
}

/** What a handler may do beside returning its answer. */
export interface JobContext {
  progress(progress: unknown): void
  /** buffers of the answer that move to the other side instead of being copied */
  transfer(...buffers: Transferable[]): void
}

export interface ServeOptions {
  /** how the operating system names this thread */
  thread?: string
  /** asked after each job: whether this thread is done for, and a fresh one shall take its place */
  spent?: () => boolean
}

/** The worker's side: answers each job with what the handler returns; a thrown error crosses as code, message and details. */
export function serveJobs<Job>(
  handler: (job: Job, context: JobContext) => unknown,
  { thread, spent = () => false }: ServeOptions = {},
): void {
  const port = parentPort
  if (port === null) throw new AppError('internal', 'serveJobs runs inside a worker thread.')
  port.on('message', async ({ id, job }: { id: number; job: Job }) => {
    const transfer: Transferable[] = []
    try {
      const answer = await handler(job, {
        progress: (progress) => port.postMessage({ kind: 'progress', id, progress }),
        transfer: (...buffers) => transfer.push(...buffers),
      })
      port.postMessage({ kind: 'done', id, answer, spent: spent() }, transfer)
    } catch (error) {
      const { code, message, details } = errorBody(error)
      try {
        port.postMessage({ kind: 'error', id, error: { code, message, details }, spent: spent() })
      } catch {
        port.postMessage({ kind: 'error', id, error: { code, message }, spent: spent() })
      }
    }
  })
  port.postMessage({ kind: 'ready', thread })
}
