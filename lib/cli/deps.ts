import type { Connection } from '../local/connection.ts'

/** A progress bar; shows nothing where `live` is false. */
export interface Bar {
  readonly live: boolean
  update(done: number, total: number): void
  stop(): void
}

/** Where the command line writes. */
export interface Io {
  out(text: string): void
  err(text: string): void
  /** whether out is a terminal: colour then, and only then */
  isTerminal: boolean
  /** characters of a line */
  columns: number
  /** a bar on err; silent when err is no terminal */
  bar(label: string): Bar
}

export type OnProgress = (done: number, total: number) => void

/** A report of what was found or done: numbers, texts, lists and tables, printed as they are. */
export type Report = object

/** Which bars to fetch from whom; days as YYYY-MM-DD. */
export interface FetchOrder {
  provider: string
  symbols: string[]
  /** also every symbol of the universe file and every one with stored bars */
  universe: boolean
  start?: string
  end?: string
}

/** What files of intraday bars leave unsaid. */
export interface IntradayOrder {
  timeframe: '1m' | '5m' | '15m' | '1h'
  stamp: 'start' | 'end'
  zone: 'America/New_York' | 'UTC'
  /** path of a file with splits and dividends */
  actions?: string
}

/** What acts on the files of a home rather than on the API. */
export interface LocalImports {
  importBars(path: string, onProgress: OnProgress, intraday?: IntradayOrder): Promise<Report>
  fetchBars(request: FetchOrder, onProgress: OnProgress): Promise<Report>
  /** of a bar size; daily bars when absent */
  listBars(timeframe?: string): Promise<Report>
  checkBars(onProgress: OnProgress, timeframe?: string): Promise<Report>
  simulateBars(options: { seed?: number }): Promise<Report>
  importUniverse(path: string): Promise<Report>
  importFundamentals(path: string): Promise<Report>
  importConstituents(path: string, index: string): Promise<Report>
}

export interface ServeOptions {
  home: string
  port?: number
  /** where others are let in with the token: on the port, in place of loopback, which then gets any free one */
  elsewhere?: { host: string; token: string }
}

/** A host that was started to stay. */
export interface Served {
  url: string
  /** settles once it was told to stop and the requests in flight are answered */
  stopped: Promise<void>
}

/** Everything the command line needs of the machine. */
export interface Deps {
  io: Io
  env: Readonly<Record<string, string | undefined>>
  version: string
  /** UTF-8 text of a file; rejects with Node's error */
  readFile(path: string): Promise<string>
  writeFile(path: string, text: string): Promise<void>
  sleep(ms: number): Promise<void>
  /** Calls `told` when the person interrupts (Ctrl-C), in place of ending the process; gives what takes that back. */
  onInterrupt(told: () => void): () => void
  /** bytes nobody can predict */
  randomBytes(count: number): Uint8Array
  /** A deployment, or the host of a home: the running one, or this process. */
  connect(place: { url: string; key?: string } | { home: string }): Promise<Connection>
  imports(home: string): LocalImports
  /** Holds the home and answers on the port until the process is told to stop; `conflict` when another process holds it. */
  serve(options: ServeOptions): Promise<Served>
  /** What a report's page is made of, as it was built. */
  reportAssets(): Promise<{ script: string; style: string }>
  /** A path as it is from the root of the file system. */
  absolutePath(path: string): string
  /** Where the object of a key lies in a home, for people to open. */
  objectPath(home: string, key: string): string
}
