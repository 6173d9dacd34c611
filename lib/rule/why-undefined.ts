/** Why a value is undefined, or a condition unknown, on a bar: in words that say what is missing. */
import { isoDay } from '../core/days.ts'
import { signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { expandDerived } from './derived.ts'
import type { Evaluator } from './evaluate.ts'
import { leastBars } from './least-bars.ts'
import { printExpression } from './print.ts'
import { partsOf } from './tree.ts'
import { whyNoFigure } from './why-no-figure.ts'

/** The reason at bar t of the evaluator's series; `universe` defines the members of cross-sections. */
export function whyUndefined(expr: Expr, t: number, evaluator: Evaluator, universe: Expr): string {
  return new Reasons(evaluator, universe).of(expr, t)
}

const isUndefined = (column: Float64Array, t: number) => Number.isNaN(column[t])

class Reasons {
  readonly #evaluator: Evaluator
  readonly #universe: Expr

  constructor(evaluator: Evaluator, universe: Expr) {
    this.#evaluator = evaluator
    this.#universe = universe
  }

  of(expr: Expr, t: number): string {
    const { series } = this.#evaluator
    const needs = leastBars(expr)
    if (needs > t + 1 && !series.cut) return `needs ${needs} bars, ${t + 1} stored`
    switch (expr.kind) {
      case 'ago':
        return this.#at(expr.of, t - expr.bars)
      case 'arithmetic': {
        const part = this.#undefinedPart(expr, t)
        if (part !== undefined) return this.of(part, t)
        return expr.op === '/'
          ? `division by zero: ${printExpression(expr.right)} is 0`
          : 'its value is no finite number'
      }
      case 'in':
        return `no ${printExpression(expr.of)} of ${series.symbol} is stored`
      case 'compare': {
        const text = expr.operands.some(({ kind }) => kind === 'string')
        const name = expr.operands.find(({ kind }) => kind === 'name')
        if (text && name !== undefined) return `no ${printExpression(name)} of ${series.symbol} is stored`
        break
      }
      case 'name':
        return this.#name(expr, t)
      case 'call':
        return this.#call(expr, t)
      default:
        break
    }
    const part = this.#undefinedPart(expr, t)
    return part === undefined ? 'it is undefined there' : this.of(part, t)
  }

  /** The first part that has no value at t. */
  #undefinedPart(expr: Expr, t: number): Expr | undefined {
    return partsOf(expr).find((part) => part.kind !== 'string' && isUndefined(this.#evaluator.column(part), t))
  }

  /** At an earlier bar, which is named. */
  #at(expr: Expr, t: number): string {
    const { day } = this.#evaluator.series
    return `on ${isoDay(day[t])}: ${this.of(expr, t)}`
  }

  #name(expr: Expr & { kind: 'name' }, t: number): string {
    const { market, series } = this.#evaluator
    if (signature(expr.name, false)?.group === 'figure') return whyNoFigure(market, series, expr.name, series.day[t])
    const definition = expandDerived(expr)
    if (definition !== undefined) return this.of(definition, t)
    if (expr.name === 'stocks') return `the universe file does not say what ${series.symbol} is`
    return 'it is undefined there'
  }

  #call(expr: Expr & { kind: 'call' }, t: number): string {
    const { series } = this.#evaluator
    const { name, args } = expr
    const definition = expandDerived(expr)
    if (definition !== undefined) return this.of(definition, t)
    const group = signature(name, true)?.group
    if (group === 'cross-section') return this.#cross(expr, t)
    const [x, second] = args
    switch (name) {
      case 'where': {
        const condition = this.#evaluator.column(x)[t]
        if (Number.isNaN(condition)) return this.of(x, t)
        if (condition === 0 && args.length === 2) return `${printExpression(x)} is not true`
        return this.of(condition === 0 ? args[2] : second, t)
      }
      case 'on':
        return `${x.kind === 'string' ? x.value : 'the other symbol'} has no such value on ${isoDay(series.day[t])}: no bar, or too few before it`
      case 'wk':
      case 'mo':
        return `needs ${leastBars(x)} completed ${name === 'wk' ? 'weeks' : 'months'} of bars`
      case 'ly':
        return `no report of one fiscal year earlier holds ${printExpression(x)}`
      case 'pq':
        return `no report of one quarter earlier holds ${printExpression(x)}`
      case 'log':
      case 'sqrt':
        if (!isUndefined(this.#evaluator.column(x), t))
          return `${name} of ${this.#evaluator.column(x)[t]} does not exist`
        break
      case 'barssince':
      case 'valuewhen':
      case 'highest_since':
      case 'lowest_since':
        return `${printExpression(x)} has not been true yet`
      default:
        break
    }
    return this.#window(expr, t) ?? this.#part(expr, t)
  }

  /** The latest bar of a window on which what it is taken of has no value. */
  #window({ args }: Expr & { kind: 'call' }, t: number): string | undefined {
    const [x, n] = args
    if (x === undefined || n?.kind !== 'number') return undefined
    const column = this.#evaluator.column(x)
    for (let bar = t; bar >= 0 && bar > t - n.value; bar--)
      if (isUndefined(column, bar)) return bar === t ? this.of(x, t) : this.#at(x, bar)
    return undefined
  }

  #part(expr: Expr, t: number): string {
    const part = this.#undefinedPart(expr, t)
    return part === undefined ? 'it is undefined there' : this.of(part, t)
  }

  #cross(expr: Expr & { kind: 'call' }, t: number): string {
    const { series } = this.#evaluator
    if (this.#evaluator.column(this.#universe)[t] !== 1)
      return `${series.symbol} is no member of UNIVERSE on ${isoDay(series.day[t])}`
    const [x] = expr.args
    if (isUndefined(this.#evaluator.column(x), t)) return `${printExpression(x)}: ${this.of(x, t)}`
    if (expr.name === 'xrank') return 'it is the only member with a value that day'
    if (expr.name === 'xz') return 'all members have the same value that day'
    return `no sector of ${series.symbol} is stored`
  }
}
