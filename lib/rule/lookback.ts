import { SESSION_BARS } from '../market/intraday-grid.ts'
import { signature } from '../strategy/series.ts'
import type { Expr, Rule } from './ast.ts'
import { expandDerived } from './derived.ts'
import { staysDefined } from './settled.ts'
import { contains, partsOf } from './tree.ts'

/** Bars after which what was before no longer shows in a smoothing beyond 1e-13: n to seed, then 18 n or 37 n (measured). */
const EMA_BARS = 1 + 18
const RMA_BARS = 1 + 37
/** Most sessions of a calendar week and month. */
const WEEK_SESSIONS = 5
const MONTH_SESSIONS = 23
/** Bars by which a symbol may be sparser than the others it is compared with, beyond as many again as it looks back. */
const GAPS = 21

/**
 * The bars before t that can change the value at t beyond the comparison tolerance; Infinity when the whole history can.
 * Of a rule: the most over its clauses. Windows count exactly; a smoothing whose input may have gaps needs everything.
 */
export function lookbackOf(target: Expr | Rule, timeframe: Rule['timeframe'] = '1d'): number {
  if ('kind' in target) return new Lookback(SESSION_BARS[timeframe]).of(target)
  const lookback = new Lookback(SESSION_BARS[target.timeframe])
  return ruleExpressions(target).reduce((most, expr) => Math.max(most, lookback.of(expr)), 0)
}

/** Every expression of a rule. */
export function ruleExpressions(rule: Rule): Expr[] {
  const { universe, signal, short, exit, stop, target, stopAfterTarget, trail, size, rank } = rule
  return [universe, signal, short, exit, stop, target?.level, stopAfterTarget, trail, size, rank?.by].filter(
    (expr): expr is Expr => expr !== undefined,
  )
}

class Lookback {
  private readonly sessionBars: number
  /** definitions share their arguments, so a nested derived call is a graph: each node is measured once */
  private readonly known = new Map<Expr, number>()

  constructor(sessionBars: number) {
    this.sessionBars = sessionBars
  }

  of(expr: Expr): number {
    let bars = this.known.get(expr)
    if (bars === undefined) {
      bars = this.measure(expr)
      this.known.set(expr, bars)
    }
    return bars
  }

  private measure(expr: Expr): number {
    if (expr.kind === 'ago') return this.before(expr.of, expr.bars)
    const definition = expandDerived(expr)
    if (definition !== undefined) return this.of(definition)
    if (expr.kind === 'call') return this.call(expr.name, expr.args)
    if (expr.kind === 'name') return (FROM_DIVIDENDS[expr.name] ?? 0) * this.sessionBars
    return this.most(partsOf(expr))
  }

  private most(parts: readonly Expr[]): number {
    return parts.reduce((most, part) => Math.max(most, this.of(part)), 0)
  }

  private call(name: string, args: readonly Expr[]): number {
    const x = args[0]
    switch (name) {
      case 'sum':
      case 'sma':
      case 'stdev':
      case 'highest':
      case 'lowest':
      case 'count':
      case 'wma':
      case 'linreg_slope':
        return this.before(x!, window(args[1]!) - 1)
      case 'pct_rank':
        return this.before(x!, window(args[1]!))
      case 'cci':
        return window(x!) - 1
      case 'aroon_up':
      case 'aroon_down':
        return window(x!)
      case 'ema':
        return this.smoothed(x!, EMA_BARS * window(args[1]!))
      case 'rma':
        return this.smoothed(x!, RMA_BARS * window(args[1]!))
      case 'barssince':
      case 'valuewhen':
      case 'highest_since':
      case 'lowest_since':
      case 'obv':
      // what a stop or an adaptive mean is at depends on every turn before
      case 'psar':
      case 'supertrend':
      case 'kama':
        return Number.POSITIVE_INFINITY
      // the last completed period, the periods x looks back, and one more so that the first of them is whole
      case 'wk':
        return (new Lookback(1).of(x!) + 2) * WEEK_SESSIONS * this.sessionBars
      case 'mo':
        return (new Lookback(1).of(x!) + 2) * MONTH_SESSIONS * this.sessionBars
      case 'pd':
        return (new Lookback(1).of(x!) + 2) * this.sessionBars
      case 'avg_dvol':
        return (window(x!) + 1) * this.sessionBars
      default:
        break
    }
    const known = signature(name, true)
    if (known?.group === 'intraday') return TIMELESS.has(name) ? 0 : this.sessionBars
    return this.most(args)
  }

  private smoothed(x: Expr, bars: number): number {
    return staysDefined(x) ? this.of(x) + bars : Number.POSITIVE_INFINITY
  }

  /**
   * What x needs when it is read some bars back. Those are this symbol's own bars; where it has gaps, more of the others'
   * bars lie between, and what is compared with theirs reaches further back on them.
   */
  private before(x: Expr, bars: number): number {
    return this.of(x) + bars + (bars > 0 && contains(x, meetsOthers) ? bars + GAPS : 0)
  }
}

/** Figures that are summed from the bars' dividends: a year of sessions, and every year there is. */
const FROM_DIVIDENDS: Readonly<Record<string, number>> = { dps_ttm: 262, div_growth_years: Number.POSITIVE_INFINITY }

function meetsOthers(expr: Expr): boolean {
  return expr.kind === 'call' && (expr.name === 'on' || signature(expr.name, true)?.group === 'cross-section')
}

const TIMELESS: ReadonlySet<string> = new Set(['tod', 'bar_of_day', 'minutes_left'])

function window(expr: Expr): number {
  return expr.kind === 'number' ? expr.value : 0
}
