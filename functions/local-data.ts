import { systemClock } from '../lib/adapters/local/clock.ts'
import { openDirectory } from '../lib/adapters/local/directory.ts'
import { openBars, openFile } from '../lib/adapters/local/files.ts'
import type { LocalImports } from '../lib/cli/deps.ts'
import { toDay } from '../lib/core/days.ts'
import { importConstituents } from '../lib/market/constituents.ts'
import { fetchBars } from '../lib/market/fetch.ts'
import { importFigures } from '../lib/market/figures-import.ts'
import { importBars } from '../lib/market/import.ts'
import { checkBars, listBars } from '../lib/market/inspect.ts'
import { timeframeOf } from '../lib/market/intraday-grid.ts'
import { importIntraday } from '../lib/market/intraday-import.ts'
import type { ObjectStore } from '../lib/market/objects.ts'
import type { BarProvider } from '../lib/market/provider.ts'
import { storeSimulatedMarket } from '../lib/market/simulate.ts'
import { readCatalog } from '../lib/market/store.ts'
import { importUniverse, universeSymbols } from '../lib/market/universe.ts'
import { providerOf } from './providers.ts'

/** The simulated market of a new home: the same for everyone, so that what is written about it can be checked. */
const SIMULATED_SEED = 6
const SIMULATED_UNTIL = toDay('2025-12-31', 'the last simulated day')

/** What acts on the files of a home rather than on the API; `provider` gives the vendor of a name. */
export function localImports(
  home: string,
  provider: (name: string) => BarProvider = (name) => providerOf(name, {}),
): LocalImports {
  const objects = () => openDirectory(home)
  return {
    importBars: async (path, onProgress, intraday) => {
      const source = await openBars(path)
      if (intraday === undefined) return importBars(await objects(), source, onProgress)
      const actions = intraday.actions === undefined ? undefined : await openFile(intraday.actions)
      return importIntraday(await objects(), source, { ...intraday, actions, now: systemClock() }, onProgress)
    },
    fetchBars: async (request, onProgress) => {
      const store = await objects()
      const symbols = request.universe ? [...request.symbols, ...(await universeSymbols(store))] : request.symbols
      const start = request.start === undefined ? undefined : toDay(request.start, '--start')
      const end = request.end === undefined ? undefined : toDay(request.end, '--end')
      const deps = { objects: store, provider: provider(request.provider), clock: systemClock, onProgress }
      return fetchBars(deps, { symbols, start, end })
    },
    listBars: async (timeframe) => listBars(await objects(), timeframe === undefined ? '1d' : timeframeOf(timeframe)),
    checkBars: async (_progress, timeframe) =>
      checkBars(await objects(), timeframe === undefined ? '1d' : timeframeOf(timeframe)),
    simulateBars: async ({ seed }) => simulate(await objects(), seed),
    importUniverse: async (path) => importUniverse(await objects(), await openFile(path)),
    importFundamentals: async (path) => importFigures(await objects(), await openFile(path)),
    importConstituents: async (path, index) => importConstituents(await objects(), await openFile(path), index),
  }
}

const simulate = (objects: ObjectStore, seed = SIMULATED_SEED) =>
  storeSimulatedMarket(objects, { seed, lastDay: SIMULATED_UNTIL })

/** Makes the simulated market where no bars are stored. */
export async function ensureBars(objects: ObjectStore): Promise<void> {
  if ((await readCatalog(objects, '1d')) === undefined) await simulate(objects)
}
