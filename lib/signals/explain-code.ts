/** Code without a rule: what it returned can be told, why cannot. */
import { isoDay } from '../core/days.ts'
import { runAll } from '../core/engine.ts'
import { plain } from '../core/plain.ts'
import { nyse } from '../market/calendar.ts'
import type { Catalog } from '../market/catalog.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { styleOf } from './chunk-count.ts'
import { addVerdicts, codeJob } from './code-verdicts.ts'
import { chunkInputs } from './explain-plan.ts'
import type { ScanDeps } from './latest-pass.ts'
import { type UniverseForm, universeJob } from './universe-scan.ts'

export const NO_CONDITIONS =
  'This strategy is code without a rule: what it returned is told here. Its conditions cannot be read out of it; revise it with a rule beside the code to have them.'

const bySymbol = (strategy: Strategy): boolean =>
  strategy.entry_points.some((entry) => entry === 'classifySymbol' || entry === 'classifyShort')

/** What the code decided on a symbol's bar, its score and data, or where a whole-universe form lists it. */
export async function explainCode(
  deps: ScanDeps,
  catalog: Catalog,
  strategy: Strategy,
  { symbol, day }: { symbol: string; day: number },
): Promise<Record<string, unknown>> {
  if (!bySymbol(strategy)) return listedOn(deps, catalog, strategy, { symbol, day })
  const window = { strategy, from: day, to: day }
  const { inputs } = await chunkInputs(deps, catalog, window, { symbols: [symbol], style: styleOf(strategy) })
  const { last } = addVerdicts(await runAll(deps.engine, codeJob, inputs))
  const { member = false, sides = [], error = null } = last ?? {}
  return plain({
    verdicts: sides.map(({ side, verdict }) => ({
      side,
      verdict: verdict === null ? 'unknown' : verdict && member ? 'signal' : 'no signal',
      reasons: [
        ...(member ? [] : ['no member of UNIVERSE']),
        ...(error === null ? [] : [`the code threw an error: ${error.message}`]),
        ...(verdict === false ? ['the code returned false'] : []),
        ...(verdict === null && error === null ? ['the code returned null'] : []),
      ],
    })),
    clauses: [],
    code: { returned: sides, error, series: strategy.series },
    data: sides[0]?.data ?? {},
    note: NO_CONDITIONS,
  }) as Record<string, unknown>
}

async function listedOn(
  deps: ScanDeps,
  catalog: Catalog,
  strategy: Strategy,
  { symbol, day }: { symbol: string; day: number },
): Promise<Record<string, unknown>> {
  const form = strategy.entry_points.find((entry): entry is UniverseForm =>
    ['runScreening', 'runBatchBacktest', 'runRealtimeAlert'].includes(entry),
  )!
  const symbols = catalog.symbols.map((each) => each.symbol)
  const start = nyse.previousSession(day - 1)
  const window = { strategy, version: catalog.version, symbols, from: day, to: day }
  const limit = Number.MAX_SAFE_INTEGER
  const [session] = await deps.engine.run(universeJob, { ...window, form, days: [day], start, limit })
  const place = session.signals.findIndex((signal) => signal.symbol === symbol)
  const found = session.signals[place]
  const member = session.symbols.includes(symbol)
  return plain({
    verdicts: [
      {
        side: 'long',
        verdict: found === undefined ? 'no signal' : 'signal',
        reasons: [
          ...(member ? [] : ['no member of UNIVERSE']),
          ...(found === undefined && member ? [`${form} does not list it on ${isoDay(day)}`] : []),
        ],
      },
    ],
    clauses: [],
    code: { form, place: place < 0 ? null : place + 1, listed: session.signals.length, score: found?.score ?? null },
    data: found?.data ?? {},
    note: NO_CONDITIONS,
  }) as Record<string, unknown>
}
