/** Memory in MB (and, with it, its share of processors: 1,769 MB is one whole core) and the time a call may take, in seconds. */
export interface Size {
  memoryMb: number
  timeoutS: number
}

/** A gateway gives up after 30 s. Most of these calls are reads of a record or two; 512 MB is for a short start, not for their data. */
const request = { memoryMb: 512, timeoutS: 29 }

/**
 * What each function is given. The numbers rest on measurements of the same code on one machine (see "How fast" in the README: a core
 * scans 200 symbols x 2 years in about a second) and on what the parts hold in memory; they are to be set anew when those change.
 */
export const SIZES = {
  /** A gateway waits 10 s for its authorizer; one read of a key, or a JWT against cached issuer keys. */
  authorize: { memoryMb: 512, timeoutS: 10 },
  health: request,
  runs: { memoryMb: 1024, timeoutS: 29 }, // results up to 5 MB, several times in memory while they become an answer
  ask: { memoryMb: 1024, timeoutS: 29 }, // the same; waits for 25 s of them
  explain: { memoryMb: 1024, timeoutS: 29 }, // answers of some KB; waits for 25 s of them
  rules: { memoryMb: 1769, timeoutS: 29 }, // decodes a shard of bars and evaluates on whole columns: one core
  subscriptions: request,
  keys: request,

  generate: { memoryMb: 1024, timeoutS: 120 }, // waits for a model; several turns fit
  /**
   * One thread runs code and uses one core, so more memory would buy an idle one. Inside: the guest's memory of 128 MB, decoded bars
   * and computed columns (bounded at about 600 MB), Node itself. The 512 MB of /tmp that every function has hold 400 MB of stored bars.
   */
  chunk: { memoryMb: 1769, timeoutS: 120 },
  merge: { memoryMb: 3008, timeoutS: 300 }, // every instance of a run, decoded from all chunks, and the result made of them
  'alert-run': { memoryMb: 1024, timeoutS: 120 }, // sends jobs and waits for them
  notify: { memoryMb: 512, timeoutS: 60 }, // up to ten messages at once, each webhook 3 s
  sweep: { memoryMb: 512, timeoutS: 60 }, // must be done before the next minute's
  'alert-tick': { memoryMb: 512, timeoutS: 60 },
  'bars-ingest': { memoryMb: 1769, timeoutS: 300 }, // one file of bars as text, as rows and as columns, and the shard they go into
  'bars-fetch': { memoryMb: 1769, timeoutS: 900 }, // a provider's rate limit, not work, takes the time: a universe in several calls
} as const satisfies Record<string, Size>

export type LambdaName = keyof typeof SIZES
