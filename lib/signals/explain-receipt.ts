import type { Catalog } from '../market/catalog.ts'
import { ENGINE_VERSION, type Strategy } from '../strategy/strategy.ts'
import type { ScanDeps } from './latest-pass.ts'

/** What a strategy is explained with. */
export interface ExplainDeps extends ScanDeps {
  dataVersion: () => Promise<string>
}

/** What an explanation rests on. */
export async function explainReceipt(
  deps: ExplainDeps,
  strategy: Strategy,
  catalog: Catalog,
): Promise<Record<string, unknown>> {
  return {
    strategy_hash: strategy.hash,
    engine_version: ENGINE_VERSION,
    data_version: await deps.dataVersion(),
    simulated: catalog.simulated,
  }
}
