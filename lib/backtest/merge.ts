import { defineJob } from '../core/engine.ts'
import { seedOf } from '../core/random.ts'
import { type PackedRows, packRows, rowsOf } from '../core/rows.ts'
import type { MarketSource } from '../market/source.ts'
import { pinned } from '../signals/scan-input.ts'
import { benchmarkOf } from './benchmark.ts'
import type { PortfolioSymbol } from './candidate.ts'
import { type FigureFacts, figureFacts } from './honesty/figure-facts.ts'
import { type HonestyParts, honestyParts } from './honesty/parts.ts'
import { type Instance, inOrder, isSignal, type PackedInstance, unpacked } from './instances.ts'
import type { MergePlan } from './merge-plan.ts'
import { type Coverage, coverageOf, type Receipt } from './receipt.ts'
import { type ResultParts, resultParts } from './result.ts'
import { requireFew, type ScannedChunk, type SymbolCoverage } from './scanned.ts'
import { tradeAll } from './trade-all.ts'
import { addAll, type UniverseReturns } from './universe-returns.ts'
import { scanWarnings } from './warnings.ts'

/** A run put together: the parts of its result, the long lists packed. */
export interface Merged extends Omit<ResultParts, 'instances' | 'trades'> {
  instances: PackedRows
  trades: PackedRows
  coverage: Coverage
  skipped: Receipt['skipped']
  errors: Receipt['errors']
  honesty: HonestyParts
  facts: FigureFacts | null
}

export const mergeJob = defineJob<{ plan: MergePlan; answers: ScannedChunk[] }, Merged>('backtest-merge')

/** Symbols whose first error the receipt shows. */
const MOST_ERRORS = 100

/**
 * Puts the answers of a run's chunks together and trades their signals in one account. The answers are taken one at a time and
 * in any order; of the market only what the account holds, or may enter, within a year is loaded at once.
 */
export async function merge(
  plan: MergePlan,
  answers: AsyncIterable<ScannedChunk> | Iterable<ScannedChunk>,
  stored: MarketSource,
): Promise<Merged> {
  const { strategy, from, to, settings } = plan
  const gathered = new Gathered()
  for await (const answer of answers) gathered.add(answer)
  const { instances, covered, errors, skipped, members } = gathered.sorted()
  const traded = { symbols: gathered.symbols(), oddDays: [...gathered.oddDays], settings }
  const source = pinned(stored, plan.version)
  const portfolio = await tradeAll(traded, plan, source)
  const benchmark = await benchmarkOf(plan, portfolio.curve.day, gathered.returns, source)
  const coverage = coverageOf(covered)
  const { symbols } = coverage
  const intraday = (strategy.rule?.timeframe ?? '1d') !== '1d'
  const parts = resultParts({
    instances,
    portfolio,
    benchmark,
    cash: settings.cash,
    from,
    to,
    intraday,
    symbolsProcessed: symbols,
  })
  const honesty = honestyParts({
    curve: portfolio.curve,
    trades: portfolio.trades,
    instances: inOrder(instances),
    cash: settings.cash,
    slippageBps: settings.slippageBps,
    seed: seedOf(strategy.code),
    outOfSample: plan.outOfSample,
    ownData: strategy.rule === null || strategy.entry_points.includes('runBatchBacktest'),
  })
  return {
    ...parts,
    honesty,
    facts: await figureFacts(
      strategy,
      plan.universe,
      traded.symbols.map(({ symbol }) => symbol),
      source,
      { from, to },
    ),
    instances: packRows(parts.instances),
    trades: packRows(parts.trades),
    warnings: [...scanWarnings({ coverage, errors, skipped, members }), ...parts.warnings],
    coverage,
    skipped,
    errors: errors.slice(0, MOST_ERRORS),
  }
}

/** The answers that came so far. */
class Gathered {
  readonly oddDays = new Set<number>()
  readonly #instances: Instance[] = []
  readonly #signalled: ScannedChunk['signalled'] = []
  readonly #covered: SymbolCoverage[] = []
  readonly #errors: ScannedChunk['errors'] = []
  readonly #skipped: ScannedChunk['skipped'] = []
  returns: UniverseReturns | undefined
  #members = 0

  add({ instances, signalled, oddDays, coverage, errors, skipped, members, returns }: ScannedChunk): void {
    for (const block of instances)
      for (const row of rowsOf<PackedInstance>(block)) requireFew(this.#instances.push(unpacked(row)))
    for (const each of signalled) this.#signalled.push(each)
    for (const day of oddDays) this.oddDays.add(day)
    for (const each of coverage) this.#covered.push(each)
    for (const each of errors) this.#errors.push(each)
    for (const each of skipped) this.#skipped.push(each)
    this.#members += members
    if (returns === undefined) return
    if (this.returns === undefined) this.returns = returns
    else addAll(this.returns, returns)
  }

  /** Everything in its one order, whatever chunks it came in. */
  sorted() {
    return {
      instances: this.#instances,
      covered: this.#covered.sort(bySymbol),
      errors: this.#errors.sort(bySymbol),
      skipped: this.#skipped.sort(bySymbol),
      members: this.#members,
    }
  }

  /** The signalled symbols as the account takes them. */
  symbols(): PortfolioSymbol[] {
    const entries = new Map<string, Instance[]>(this.#signalled.map(({ symbol }) => [symbol, []]))
    for (const instance of this.#instances) if (isSignal(instance)) entries.get(instance.symbol)!.push(instance)
    return this.#signalled.map(({ symbol, last }) => ({
      symbol,
      last,
      entries: entries.get(symbol)!.sort((a, b) => a.bar - b.bar || b.side - a.side),
    }))
  }
}

const bySymbol = (a: { symbol: string }, b: { symbol: string }): number =>
  a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0
