import { type SeriesSignature, signature } from '../strategy/series.ts'
import type { Rule } from './ast.ts'

/** Where an expression stands; `value` is none of the clauses: any type is welcome. */
export type Clause =
  | 'universe'
  | 'signal'
  | 'short'
  | 'exit'
  | 'stop'
  | 'target'
  | 'stop_after_target'
  | 'trail'
  | 'size'
  | 'rank'
  | 'value'

export interface CheckContext {
  readonly clause: Clause
  /** bar size; `1d` when absent */
  readonly timeframe?: Rule['timeframe']
  /** the industry names of the universe file, where they are known */
  readonly industries?: readonly string[]
}

export type ValueType = SeriesSignature['yields']

/** Where a part of an expression stands: the clause, and the calls around it, outermost first. */
export interface Scope {
  readonly context: CheckContext
  readonly inside: readonly { name: string }[]
}

/** The scope of the arguments of a call, or of what `[k]` looks back on. */
export function enter(scope: Scope, name: string): Scope {
  return { ...scope, inside: [...scope.inside, { name }] }
}

const WITH_POSITION: Readonly<Partial<Record<Clause, ReadonlySet<string>>>> = {
  exit: new Set(['entry_price', 'bars_held', 'initial_risk', 'side', 'entry', 'since_entry_high', 'since_entry_low']),
  stop: new Set(['entry_price', 'side', 'entry']),
  target: new Set(['entry_price', 'side', 'entry', 'initial_risk']),
  stop_after_target: new Set([
    'entry_price',
    'bars_held',
    'initial_risk',
    'side',
    'entry',
    'since_entry_high',
    'since_entry_low',
  ]),
  trail: new Set(['entry_price', 'bars_held', 'initial_risk', 'side', 'entry', 'since_entry_high', 'since_entry_low']),
  size: new Set(['entry_price', 'entry', 'initial_risk']),
}

/** Clauses about a position, in which `equity` is the account's and position names may stand. */
export function isPositionClause(clause: Clause): boolean {
  return WITH_POSITION[clause] !== undefined
}

const PERIODS: ReadonlySet<string> = new Set(['wk', 'mo'])
const OTHER_BARS: ReadonlySet<string> = new Set(['wk', 'mo', 'pd', 'on'])
const FISCAL: ReadonlySet<string> = new Set(['ly', 'pq'])
const NO_FISCAL_YEAR: ReadonlySet<string> = new Set([
  'bars_since_earnings',
  'bars_to_earnings',
  'div_growth_years',
  'dps_ttm',
])

/** Why a name may not stand in this scope, in one sentence, or undefined when it may. */
export function insideProblem(known: SeriesSignature, scope: Scope): string | undefined {
  return (
    clauseProblem(known, scope.context) ??
    positionProblem(known, scope) ??
    periodProblem(known, scope) ??
    fiscalProblem(known, scope)
  )
}

function clauseProblem({ name, group, args }: SeriesSignature, context: CheckContext): string | undefined {
  if (name === 'all' && args === undefined && context.clause !== 'universe' && context.clause !== 'value')
    return '"all" without arguments stands only in UNIVERSE; a condition over bars is all(c, n).'
  if (group === 'cross-section' && context.clause === 'universe')
    return `${name} compares members, and UNIVERSE is what defines them: put it into SIGNAL.`
  if (group === 'intraday' && (context.timeframe ?? '1d') === '1d')
    return `${name} needs intraday bars: add TF 5m (or 1m, 15m, 1h).`
  if (group !== 'position') return undefined
  const allowed = WITH_POSITION[context.clause]
  if (allowed === undefined)
    return `${name} belongs to a position: it stands only in EXIT, STOP, TARGET, TRAIL and SIZE.`
  if (allowed.has(name)) return undefined
  if (name === 'initial_risk') return 'initial_risk is entry_price less STOP, so STOP cannot use it.'
  return `${name} is not known at the fill, when ${context.clause.toUpperCase()} is computed.`
}

/** A position's values are single numbers, not series: they have no history and no window. */
function positionProblem({ name, group }: SeriesSignature, scope: Scope): string | undefined {
  const single = group === 'position' || (name === 'equity' && isPositionClause(scope.context.clause))
  if (!single) return undefined
  const around = scope.inside.find((call) => signature(call.name, true)?.group !== 'pointwise')
  if (around === undefined) return undefined
  return `${name} is one number of the position and cannot stand inside ${around.name === '[k]' ? '[k]' : `${around.name}(...)`}.`
}

function periodProblem({ name, group }: SeriesSignature, scope: Scope): string | undefined {
  const outer = scope.inside.findLast((call) => OTHER_BARS.has(call.name))
  if (outer === undefined) return undefined
  if (group === 'cross-section')
    return `${name} ranks the members of the universe and cannot stand inside ${outer.name}(...).`
  const period = scope.inside.find((call) => PERIODS.has(call.name))
  if (period !== undefined && !['bar', 'pointwise', 'window', 'memory', 'indicator', 'candle'].includes(group))
    return `${period.name}(...) may use only this symbol's bars, not ${name}.`
  if (group === 'intraday' && scope.inside.some((call) => call.name === 'pd'))
    return `pd(...) is computed on daily bars, so ${name} cannot stand in it.`
  if (scope.inside.some((call) => call.name === 'on')) {
    if (name === 'on') return 'on(...) cannot stand inside on(...).'
    if (group === 'text' || group === 'figure' || group === 'ratio')
      return `on(...) is computed on that symbol's bars, not on ${name}.`
  }
  return undefined
}

function fiscalProblem({ name, group }: SeriesSignature, scope: Scope): string | undefined {
  const fiscal = scope.inside.find((call) => FISCAL.has(call.name) || call.name === 'yoy')
  if (fiscal === undefined) return undefined
  const fits = ['figure', 'ratio', 'pointwise'].includes(group) && !NO_FISCAL_YEAR.has(name) && name !== 'fscore'
  return fits ? undefined : `${fiscal.name}(...) takes figures of the fiscal reports, and ${name} is none.`
}
