/** Expressions as whole columns of a symbol's bars: one pass per node, every distinct sub-expression once. */
import { AppError } from '../core/errors.ts'
import { type BarSeries, firstAt } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import { sessionBarsOf } from '../market/session-bars.ts'
import { signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import {
  BAR_COLUMNS,
  type BarName,
  type Period,
  type PeriodBars,
  periodBars,
  periodColumn,
  periodEnds,
  readCompleted,
  sampleAtLast,
} from './calendar-columns.ts'
import { Columns, keyOf, notAFigure, stepsOf } from './columns.ts'
import { figureColumn } from './figures.ts'
import { INTRADAY } from './intraday.ts'
import { memberOf, textIs } from './text-columns.ts'

export { keyOf } from './columns.ts'

/** Values of cross-sectional nodes: canonical text of the node -> symbol -> a column along that symbol's loaded bars. */
export type CrossColumns = ReadonlyMap<string, ReadonlyMap<string, Float64Array>>

export interface EvaluatorOptions {
  /** needed where an expression has cross-sectional parts (crossColumns makes them) */
  readonly cross?: CrossColumns
  /** canonical text -> column: taken instead of computing that expression */
  readonly overrides?: ReadonlyMap<string, Float64Array>
}

export interface Evaluator {
  readonly market: Market
  readonly series: BarSeries
  /** The expression on every bar: NaN is undefined; a condition is 1, 0 or NaN (unknown). Not to be written to. */
  column(expr: Expr): Float64Array
}

/** An evaluator of one symbol's loaded bars; it remembers its columns, so keep it no longer than the symbol is worked on. */
export function createEvaluator(market: Market, series: BarSeries, options: EvaluatorOptions = {}): Evaluator {
  const columns = new BarColumns(market, series, options)
  return { market, series, column: (expr) => columns.at(expr, '') }
}

/** A symbol's own bars. */
class BarColumns extends Columns {
  readonly #market: Market
  readonly #series: BarSeries
  readonly #options: EvaluatorOptions
  readonly #periods = new Map<Period, PeriodColumns>()
  #days: BarColumns | undefined

  constructor(market: Market, series: BarSeries, options: EvaluatorOptions) {
    super(series.length)
    this.#market = market
    this.#series = series
    this.#options = options
  }

  protected override given(key: string): Float64Array | undefined {
    return this.#options.overrides?.get(key)
  }

  protected bar(name: BarName): Float64Array {
    return this.#series[BAR_COLUMNS[name]]
  }

  protected outside(expr: Expr, path: string): Float64Array {
    const market = this.#market
    const series = this.#series
    if (expr.kind === 'compare' || expr.kind === 'in') return textIs(market, series, expr)
    if (expr.kind === 'name') {
      if (signature(expr.name, false)?.group === 'figure') return figureColumn(market, series, expr.name, stepsOf(path))
      if (path !== '') return notAFigure(expr.name)
      if (expr.name === 'all') return new Float64Array(this.length).fill(1)
      if (expr.name === 'stocks') return memberOf(market, series, 'stocks')
    }
    if (expr.kind === 'call') {
      if (path !== '') return notAFigure(expr.name)
      switch (expr.name) {
        case 'wk':
          return this.#period('week').read(expr.args[0])
        case 'mo':
          return this.#period('month').read(expr.args[0])
        case 'week_end':
          return periodEnds(series, market.calendar, 'week')
        case 'month_end':
          return periodEnds(series, market.calendar, 'month')
        case 'on':
          return onOther(market, series, textOf(expr.args[0]), expr.args[1])
        case 'index_member':
          return memberOf(market, series, textOf(expr.args[0]))
      }
      const group = signature(expr.name, true)?.group
      if (group === 'cross-section') return this.#cross(expr)
      if (group === 'intraday' && series.timeframe !== '1d') return this.#intraday(expr)
    }
    return cannot(expr)
  }

  #intraday(expr: Expr & { kind: 'call' }): Float64Array {
    if (expr.name === 'pd') return this.#previousDay(expr.args[0])
    const [n] = expr.args
    const column = INTRADAY[expr.name]?.(this.#series, this.#market.calendar, n?.kind === 'number' ? n.value : 0)
    return column ?? cannot(expr)
  }

  /** x on the sessions as daily bars, read at the symbol's session before the bar's own. */
  #previousDay(expr: Expr): Float64Array {
    const { of, daily } = sessionBarsOf(this.#series)
    this.#days ??= new BarColumns(this.#market, daily, {})
    const x = this.#days.at(expr, '')
    const out = new Float64Array(this.length)
    for (let i = 0; i < out.length; i++) out[i] = of[i] > 0 ? x[of[i] - 1] : Number.NaN
    return out
  }

  #period(period: Period): PeriodColumns {
    let columns = this.#periods.get(period)
    if (!columns) {
      const periods = periodBars(this.#series, this.#market.calendar, period)
      this.#periods.set(period, (columns = new PeriodColumns(this, this.#series, periods)))
    }
    return columns
  }

  #cross(expr: Expr): Float64Array {
    const column = this.#options.cross?.get(keyOf(expr))?.get(this.#series.symbol)
    if (column && column.length === this.length) return column
    throw new AppError(
      'internal',
      `${keyOf(expr)} ranks the universe and has no column for ${this.#series.symbol}: compute the cross-sections of the rule over its bars first.`,
    )
  }
}

/** A symbol's week or month bars. */
class PeriodColumns extends Columns {
  readonly #base: BarColumns
  readonly #series: BarSeries
  readonly #periods: PeriodBars

  constructor(base: BarColumns, series: BarSeries, periods: PeriodBars) {
    super(periods.length)
    this.#base = base
    this.#series = series
    this.#periods = periods
  }

  /** x on these bars, read at every base bar. */
  read(expr: Expr): Float64Array {
    return readCompleted(this.at(expr, ''), this.#periods)
  }

  protected bar(name: BarName): Float64Array {
    return periodColumn(this.#series, this.#periods, name)
  }

  /** As of the period's last bar. */
  protected outside(expr: Expr, path: string): Float64Array {
    return sampleAtLast(this.#base.at(expr, path), this.#periods)
  }
}

/** x on another symbol's own bars, read at the same instant; undefined where it has no bar then. */
function onOther(market: Market, series: BarSeries, symbol: string, expr: Expr): Float64Array {
  const other = market.bars(symbol)
  if (!other)
    throw new AppError(
      'no_data',
      `on('${symbol}', ...): no bars of ${symbol} are loaded. Import them, or name another symbol.`,
    )
  let known = others.get(market)
  if (!known) others.set(market, (known = new Map()))
  let columns = known.get(symbol)
  if (!columns) known.set(symbol, (columns = new BarColumns(market, other, {})))
  const x = columns.at(expr, '')
  const daily = series.timeframe === '1d'
  const own = daily ? series.day : series.time
  const theirs = daily ? other.day : other.time
  const out = new Float64Array(series.length)
  let at = series.length > 0 && daily ? firstAt(other.day, series.day[0]) : 0
  for (let i = 0; i < out.length; i++) {
    while (at < theirs.length && theirs[at] < own[i]) at++
    out[i] = theirs[at] === own[i] ? x[at] : Number.NaN
  }
  return out
}
/** The same other symbol is asked for by every symbol of a run: its columns are kept with the market. */
const others = new WeakMap<Market, Map<string, BarColumns>>()

function textOf(arg: Expr): string {
  if (arg.kind === 'string') return arg.value
  throw new AppError('bad_rule', 'The first argument of on() and index_member() is a name in quotes.')
}

function cannot(expr: Expr): never {
  const name = expr.kind === 'name' || expr.kind === 'call' ? expr.name : expr.kind
  const known = signature(name, expr.kind === 'call')
  if (known?.group === 'intraday')
    throw new AppError(
      'no_data',
      `${name}() needs intraday bars, and these are daily bars: add TF 5m (or 1m, 15m, 1h).`,
    )
  if (known?.group === 'position')
    throw new AppError(
      'bad_rule',
      `${name} belongs to a position: it stands only in EXIT, STOP, TARGET, TRAIL and SIZE.`,
    )
  throw new AppError('bad_rule', `${name} cannot be evaluated as a series of numbers.`)
}
