import { firstAt } from '../market/bars.ts'
import { nyse } from '../market/calendar.ts'
import { changeAt } from '../market/session-bars.ts'
import { estimateOf } from './estimate.ts'
import type { LatestBar } from './latest.ts'
import { type LatestPass, type LatestRequest, requireCatalog, type ScanDeps } from './latest-pass.ts'
import { latestShape } from './run-shape.ts'
import { screeningDate } from './screening-date.ts'
import { select } from './selection.ts'
import { type ScanStrategy, viewStrategy } from './strategy-view.ts'
import { type UniverseForm, type UniverseSession, universeJob } from './universe-scan.ts'

/** The screening date as a whole-universe form lists it, in its own order, beside what the form answered. */
export interface ListedPass extends LatestPass {
  session: UniverseSession
}

/** Calls a whole-universe form for the screening date and for the session before it (whose list tells what is new). */
export async function latestListed(
  deps: ScanDeps,
  strategy: ScanStrategy,
  form: UniverseForm,
  request: LatestRequest & { limit: number },
): Promise<ListedPass> {
  const catalog = await requireCatalog(deps)
  const { symbols, to } = select(catalog, { to: request.asOf, symbols: request.symbols }, (last) => last)
  // Over all symbols, whatever the request is narrowed to: one that has stopped trading is not screened on an older day.
  const everySymbol = catalog.symbols.map((each) => each.symbol)
  const day = await screeningDate(deps.source, everySymbol, to)
  const before = nyse.previousSession(day - 1)
  const { universe, limit } = request
  const days = [before, day]
  const window = { strategy, version: catalog.version, universe, symbols, from: before, to: day }
  const [previous, session] = await deps.engine.run(universeJob, { ...window, form, days, start: before, limit })

  const market = await deps.source.load({ timeframe: '1d', symbols, from: day, to: day, lookback: 1 })
  const signals = new Map(session.signals.map((signal) => [signal.symbol, signal]))
  const past = new Set(previous.signals.map((signal) => signal.symbol))
  const members = new Set(session.symbols)
  const order = new Map(session.signals.map((signal, i) => [signal.symbol, i]))
  const bars: LatestBar[] = []
  for (const symbol of market.symbols) {
    const series = market.bars(symbol)!
    const bar = firstAt(series.day, day)
    if (series.day[bar] !== day) continue
    const signal = signals.get(symbol)
    bars.push({
      symbol,
      sector: market.listing(symbol)?.sector ?? '',
      day,
      time: series.time[bar],
      price: series.rawClose[bar],
      change: changeAt(series, bar),
      member: members.has(symbol),
      signals: signal === undefined ? [] : [signal],
      previousSides: past.has(symbol) ? [1] : [],
      unknown: false,
      error: null,
    })
  }
  const place = (bar: LatestBar) => order.get(bar.symbol) ?? Number.POSITIVE_INFINITY
  bars.sort((a, b) => place(a) - place(b) || (a.symbol < b.symbol ? -1 : 1))
  const present = new Set(bars.map((bar) => bar.symbol))
  const skipped = symbols
    .filter((symbol) => !present.has(symbol))
    .map((symbol) => ({ symbol, reason: 'no bar on the screening date' }))
  const view = viewStrategy(strategy, universe)
  const planned = { engine: deps.engine, catalog, view, window: { ...window, lookback: view.lookback } }
  const estimate = estimateOf(latestShape(planned, strategy, symbols, true))
  return { day, timeframe: '1d', bars, skipped, chunks: 1, catalog, estimate, session }
}
