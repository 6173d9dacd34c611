import type { Bar, Deps, LocalImports } from '../../lib/cli/deps.ts'
import { main } from '../../lib/cli/main.ts'
import { connectUrl } from '../../lib/local/connection.ts'
import { type FakeApplication, fakeApplication } from '../functions/fake-application.ts'
import type { FakeKeys } from '../functions/fake-keys.ts'
import { openApi } from '../functions/gateway.ts'

export interface Ran {
  code: number
  out: string
  err: string
  /** out as JSON */
  json: Record<string, unknown>
  app: FakeApplication
  keys: FakeKeys
  /** places connected to, homes imported into, files written, bars drawn */
  places: unknown[]
  imported: unknown[]
  written: Record<string, string>
  bars: string[]
}

export interface Setting {
  app?: FakeApplication
  env?: Record<string, string>
  files?: Record<string, string>
  isTerminal?: boolean
  imports?: Partial<LocalImports>
  live?: boolean
  changes?: Partial<Deps>
}

/** Runs one command line against the whole API over the fake application. */
export async function run(argv: string[], setting: Setting = {}): Promise<Ran> {
  const { app = fakeApplication(), env = {}, files = {}, isTerminal = false, live = false } = setting
  const api = await openApi(app)
  const ran = { out: '', err: '', places: [], imported: [], written: {}, bars: [] } as Omit<
    Ran,
    'code' | 'json' | 'app' | 'keys'
  >
  const note =
    (what: string) =>
    async (...args: unknown[]) => {
      ran.imported.push([what, ...args.filter((arg) => typeof arg !== 'function')])
      return { rowsRead: 1_939_658, span: ['1998-01-02', '2021-04-21'] }
    }
  const bar = (label: string): Bar => ({
    live,
    update: (done, total) => void ran.bars.push(`${label} ${done}/${total}`),
    stop: () => void ran.bars.push(`${label} stopped`),
  })
  const deps: Deps = {
    io: {
      out: (text) => void (ran.out += text),
      err: (text) => void (ran.err += text),
      isTerminal,
      columns: 100,
      bar,
    },
    env,
    version: '1.2.3',
    readFile: async (path) => {
      if (files[path] === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
      return files[path]
    },
    writeFile: async (path, text) => {
      if (path.startsWith('/nowhere')) throw new Error('ENOENT: no such directory')
      ran.written[path] = text
    },
    randomBytes: (count) => new Uint8Array(count).fill(7),
    onInterrupt: () => () => {},
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 50)),
    connect: async (place) => {
      ran.places.push(place)
      return connectUrl(api.gateway.url)
    },
    imports: (home) => {
      ran.imported.push(home)
      return {
        importBars: note('importBars'),
        fetchBars: note('fetchBars'),
        listBars: note('listBars'),
        checkBars: note('checkBars'),
        simulateBars: note('simulateBars'),
        importUniverse: note('importUniverse'),
        importFundamentals: note('importFundamentals'),
        importConstituents: note('importConstituents'),
        ...setting.imports,
      }
    },
    serve: async () => ({ url: 'http://127.0.0.1:8080', stopped: Promise.resolve() }),
    reportAssets: async () => ({ script: 'start()', style: 'body{}' }),
    absolutePath: (path) => `/home/ada/${path}`,
    objectPath: (home, key) => `${home}/${key}`,
    ...setting.changes,
  }
  try {
    const code = await main(argv, deps)
    return {
      code,
      ...ran,
      app,
      keys: api.keys,
      get json() {
        return JSON.parse(ran.out)
      },
    }
  } finally {
    await api.gateway.close()
  }
}
