/** Entry of the worker threads of a home. */
import { openDirectory } from '../lib/adapters/local/directory.ts'
import { workerStart } from '../lib/sandbox/worker.ts'
import { serveThread, type ThreadSettings } from './thread-jobs.ts'

/** What every worker of a local host is started with. */
export interface ThreadData extends ThreadSettings {
  home: string
}

const start = workerStart<ThreadData>()
await serveThread(await openDirectory(start.data.home), start)
