/** Entry of the worker thread of a Lambda: bars come from the bucket, and stay in its memory and on its disk. */
import { workerStart } from '../../lib/sandbox/worker.ts'
import { barsOf } from '../aws.ts'
import { serveThread, type ThreadSettings } from '../thread-jobs.ts'

const start = workerStart<ThreadSettings>()
await serveThread(barsOf(process.env), start)
