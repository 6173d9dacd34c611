declare module 'dynalite' {
  import type { Server } from 'node:http'

  interface DynaliteOptions {
    /** LevelDB directory; in memory when absent */
    path?: string
    /** how long a new table stays in CREATING */
    createTableMs?: number
  }
  /** An HTTP server that speaks DynamoDB's protocol; close() waits for pending writes and closes the database. */
  export default function dynalite(options?: DynaliteOptions): Server
}
