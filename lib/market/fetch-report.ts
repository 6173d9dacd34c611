import { isoDay } from '../core/days.ts'
import type { BarDefect, DefectKind } from './bar-rows.ts'
import { defectsKey } from './catalog.ts'
import type { Answers } from './fetch-answers.ts'
import type { SymbolPlan } from './fetch-plan.ts'
import type { SymbolChanges } from './fetched-rows.ts'
import { Findings, type Stored } from './intake.ts'
import type { UnknownSymbol } from './provider.ts'

export interface FetchReport {
  provider: string
  /** symbols asked for */
  symbols: number
  /** the last day asked for: a finished session, or before it */
  until: string
  barsNew: number
  barsCorrected: number
  corrected: SymbolChanges['corrected']
  /** new bars between stored ones */
  gapsFilled: number
  /** sessions from a symbol's first bar to `until` of which the provider has no usable bar either */
  gapsLeft: { symbol: string; count: number; days: string[] }[]
  splitsChanged: SymbolChanges['splits']
  dividendsChanged: SymbolChanges['dividends']
  /** stored splits the provider does not name: they stay, see whether they are right */
  splitsUnconfirmed: SymbolChanges['unconfirmed']
  requests: number
  unknown: UnknownSymbol[]
  /** rows left out */
  badRows: number
  defects: Partial<Record<DefectKind, number>>
  /** the first 20; all are in the defects object when bars were stored */
  firstDefects: BarDefect[]
  defectsKey: string
  /** objects written or dropped: 0 when everything was stored already */
  changed: number
  replacedSimulated: boolean
  /** of the stored bars afterwards; null when there are none */
  version: string | null
}

const DAYS_SHOWN = 5
const DEFECTS_SHOWN = 20

/** What a fetch came to. */
export function fetchReport(result: {
  provider: string
  plans: readonly SymbolPlan[]
  answers: Answers
  changes: ReadonlyMap<string, SymbolChanges>
  /** the findings alone: no bar was stored */
  stored: Stored | Findings
  /** the version that stands when none was stored */
  unchanged: string | null
  end: number
  requests: number
}): FetchReport {
  const { provider, plans, answers, changes, stored, end } = result
  const found = stored instanceof Findings ? stored : stored.found
  const unknown = [...answers.unknown]
  const gapsLeft: FetchReport['gapsLeft'] = []
  let gapsFilled = 0
  for (const { symbol, stored: held, missing } of plans) {
    const added = changes.get(symbol)?.added ?? []
    if (held) gapsFilled += added.filter((day) => day > held.first && day < held.last).length
    const first = Math.min(held?.first ?? Number.POSITIVE_INFINITY, added[0] ?? Number.POSITIVE_INFINITY)
    const filled = new Set(added)
    const left = missing.filter((day) => day > first && !filled.has(day))
    if (left.length > 0) gapsLeft.push({ symbol, count: left.length, days: left.slice(0, DAYS_SHOWN).map(isoDay) })
    const answered = (answers.symbols.get(symbol)?.bars.length ?? 0) > 0
    if (!held && !answered && answers.symbols.has(symbol) && missing.length > 0)
      unknown.push({ symbol, reason: `${provider} has no bar of it from ${isoDay(missing[0])} to ${isoDay(end)}` })
  }
  const all = [...changes.values()]
  const corrected = all.flatMap((each) => each.corrected)
  return {
    provider,
    symbols: plans.length,
    until: isoDay(end),
    barsNew: all.reduce((sum, each) => sum + each.added.length, 0),
    barsCorrected: corrected.length,
    corrected,
    gapsFilled,
    gapsLeft: gapsLeft.sort((a, b) => b.count - a.count || (a.symbol < b.symbol ? -1 : 1)),
    splitsChanged: all.flatMap((each) => each.splits),
    dividendsChanged: all.flatMap((each) => each.dividends),
    splitsUnconfirmed: all.flatMap((each) => each.unconfirmed),
    requests: result.requests,
    unknown: unknown.sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    badRows: found.badRows,
    defects: found.kinds(),
    firstDefects: found.defects.slice(0, DEFECTS_SHOWN),
    defectsKey: defectsKey('1d'),
    changed: stored instanceof Findings ? 0 : stored.changed,
    replacedSimulated: stored instanceof Findings ? false : stored.replacedSimulated,
    version: stored instanceof Findings ? result.unchanged : stored.version,
  }
}
