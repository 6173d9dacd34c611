import type { FigureRecord } from '../../market/market.ts'
import type { MarketSource } from '../../market/source.ts'
import { contains } from '../../rule/tree.ts'
import { barsOf, expressionsOf, type ScanStrategy, viewStrategy } from '../../signals/strategy-view.ts'
import { signature } from '../../strategy/series.ts'

/** What kind of fundamentals a strategy read on the symbols it signalled. */
export interface FigureFacts {
  symbols: number
  records: number
  /** periods reported more than once: from the later day on the later figures are read */
  restated: number
  /** records known only more than LATE_DAYS after their period: later snapshots and filings, whose figures may be restated ones */
  late: number
  /** records of what a vendor showed on one day */
  snapshots: number
}

/** A 10-K is due 60 to 90 days after the year; what is published this long after was not the first report. */
const LATE_DAYS = 200

/** Null for a strategy that reads no fundamentals. Records published within or before the window count. */
export async function figureFacts(
  strategy: ScanStrategy,
  universe: string | undefined,
  symbols: readonly string[],
  source: MarketSource,
  { to }: { from: number; to: number },
): Promise<FigureFacts | null> {
  const view = viewStrategy(strategy, universe)
  if (!view.readsFigures && !expressionsOf(view).some((expr) => contains(expr, readsFigure))) return null
  const market = await source.load({ ...barsOf(view), symbols: [], lookback: 0 })
  const facts = { symbols: 0, records: 0, restated: 0, late: 0, snapshots: 0 }
  for (const symbol of symbols) {
    const known = market.figures(symbol).filter(({ published }) => published <= to)
    if (known.length === 0) continue
    facts.symbols++
    count(known, facts)
  }
  return facts
}

const FIGURES = ['figure', 'ratio']
const readsFigure = (part: { kind: string; name?: unknown }): boolean =>
  typeof part.name === 'string' &&
  (part.kind === 'name' || part.kind === 'call') &&
  FIGURES.includes(signature(part.name, part.kind === 'call')?.group ?? '')

function count(records: readonly FigureRecord[], facts: FigureFacts): void {
  const periods = new Map<string, number>()
  for (const { kind, periodEnd, published } of records) {
    facts.records++
    if (kind === 'snapshot') facts.snapshots++
    else if (published - periodEnd > LATE_DAYS) facts.late++
    const period = `${kind} ${periodEnd}`
    periods.set(period, (periods.get(period) ?? 0) + 1)
  }
  for (const [period, times] of periods) if (times > 1 && !period.startsWith('snapshot')) facts.restated++
}
