/** From expressions to columns: what follows from the nodes themselves, on whatever bars. */

import { AppError } from '../core/errors.ts'
import { signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { BAR_COLUMNS, type BarName } from './calendar-columns.ts'
import { giveScratch, newColumn, takeScratch } from './column-memory.ts'
import { expandDerived } from './derived.ts'
import type { FiscalStep } from './figures.ts'
import { CORE } from './kernels.ts'
import { OF_BARS } from './kernels-bars.ts'
import { ago } from './kernels-memory.ts'
import { and, arithmetic, compare, compareScaled, negate, not, or } from './kernels-pointwise.ts'
import { printExpression } from './print.ts'

/** The canonical text of an expression, remembered per node. */
export function keyOf(expr: Expr): string {
  let key = keys.get(expr)
  if (key === undefined) keys.set(expr, (key = printExpression(expr)))
  return key
}
const keys = new WeakMap<Expr, string>()

/** The definition of a derived name or call, remembered per node so that its own nodes keep their texts. */
function definitionAt(expr: Expr): Expr | undefined {
  let definition = definitions.get(expr)
  if (definition === undefined) definitions.set(expr, (definition = expandDerived(expr) ?? null))
  return definition ?? undefined
}
const definitions = new WeakMap<Expr, Expr | null>()

/** Fiscal steps back as a text, outermost first: ly(pq(x)) evaluates x at 'yq'. */
const STEP_LETTERS: Record<FiscalStep, string> = { ly: 'y', pq: 'q' }
export const stepsOf = (path: string): FiscalStep[] => Array.from(path, (letter) => (letter === 'y' ? 'ly' : 'pq'))

/** Columns of expressions over one set of bars, each distinct expression computed once. */
export abstract class Columns {
  readonly length: number
  readonly #memo = new Map<string, Float64Array>()

  constructor(length: number) {
    this.length = length
  }

  /** x on these bars, at fiscal steps back for the figures in it. */
  at(expr: Expr, path: string): Float64Array {
    const key = path === '' ? keyOf(expr) : `${path}|${keyOf(expr)}`
    let column = this.#memo.get(key)
    if (column === undefined) {
      column = this.given(key) ?? this.#compute(expr, path)
      if (this.#memo.size >= MOST_REMEMBERED) this.#memo.clear()
      this.#memo.set(key, column)
    }
    return column
  }

  /** A column that wins over computing. */
  protected given(_key: string): Float64Array | undefined {
    return undefined
  }

  /** A bar column. */
  protected abstract bar(name: BarName): Float64Array

  /** What is no function of these bars alone: figures, texts, calendar, other symbols, cross-sections. */
  protected abstract outside(expr: Expr, path: string): Float64Array

  #compute(expr: Expr, path: string): Float64Array {
    switch (expr.kind) {
      case 'number':
        return newColumn(this.length).fill(expr.value)
      case 'string':
        throw new AppError(
          'bad_rule',
          `The string '${expr.value}' stands alone: strings compare with symbol, sector or industry.`,
        )
      case 'in':
        return this.outside(expr, path)
      case 'name':
        return this.#name(expr, path)
      case 'call':
        return this.#call(expr, path)
      default:
        return isPointwise(expr) ? this.#pointwise(expr, path, newColumn(this.length)) : this.outside(expr, path)
    }
  }

  /**
   * The value of each bar from values of its operands, written to `out` (`ago` by 0 bars gives the operand itself). Operands
   * that are such values themselves are made in scratch columns, bar by bar in one order, and not remembered.
   */
  #pointwise(expr: Pointwise, path: string, out: Float64Array): Float64Array {
    const { length } = this
    switch (expr.kind) {
      case 'ago':
        return ago(this.#read(expr.of, path, out), expr.bars, out, length)
      case 'negate':
        return negate(this.#read(expr.of, path, out), out, length)
      case 'not':
        return not(this.#read(expr.of, path, out), out, length)
      case 'compare':
        return this.#compare(expr, path, out)
      case 'arithmetic': {
        const { op, left, right } = expr
        const scratch = takeScratch(length)
        const a = left.kind === 'number' ? left.value : this.#read(left, path, out)
        const b = right.kind === 'number' && typeof a !== 'number' ? right.value : this.#read(right, path, scratch)
        const column = arithmetic(op, a, b, out, length)
        giveScratch(scratch)
        return column
      }
      case 'and':
        return this.#and(expr.parts, path, out)
      case 'or': {
        const scratch = takeScratch(length)
        let column = this.#read(expr.parts[0], path, out)
        for (let i = 1; i < expr.parts.length; i++)
          column = or(column, this.#read(expr.parts[i], path, scratch), out, length)
        giveScratch(scratch)
        return column
      }
    }
  }

  #and(parts: readonly Expr[], path: string, out: Float64Array): Float64Array {
    const { length } = this
    const scratch = takeScratch(length)
    const first = this.#read(parts[0], path, out)
    if (first !== out) out.set(first)
    for (const part of parts.slice(1)) and(out, this.#read(part, path, scratch), out, length)
    giveScratch(scratch)
    return out
  }

  /** A chain a < b < c holds where each of its pairs does. */
  #compare({ ops, operands }: Expr & { kind: 'compare' }, path: string, out: Float64Array): Float64Array {
    const { length } = this
    const left = takeScratch(length)
    const right = takeScratch(length)
    ops.forEach((op, i) => {
      const target = i === 0 ? out : left
      const a = this.#read(operands[i], path, target)
      const next = operands[i + 1]
      const scaled = this.#scaled(next, path)
      if (scaled !== undefined) {
        compareScaled(op, a, scaled.column, scaled.bars, scaled.factor, target, length)
        if (i > 0) and(out, left, out, length)
        return
      }
      const b = next.kind === 'number' ? next.value : this.#read(next, path, right)
      compare(op, a, b, target, length)
      if (i > 0) and(out, left, out, length)
    })
    giveScratch(left)
    giveScratch(right)
    return out
  }

  /** x[k], n*x or n*x[k] of a remembered column x, unless it is remembered itself. */
  #scaled(expr: Expr, path: string): { column: Float64Array; bars: number; factor: number } | undefined {
    const product = expr.kind === 'arithmetic' && expr.op === '*' && expr.left.kind === 'number'
    const factor = product ? (expr.left as Expr & { kind: 'number' }).value : 1
    const aged = product ? expr.right : expr
    const of = aged.kind === 'ago' ? aged.of : aged
    if ((!product && aged.kind !== 'ago') || of.kind === 'number' || isPointwise(of)) return undefined
    if (this.#known(expr, path) !== undefined || this.#known(aged, path) !== undefined) return undefined
    return { column: this.at(of, path), bars: aged.kind === 'ago' ? aged.bars : 0, factor }
  }

  /** The column of an operand that is read at once: a remembered one where there is one, else made in `scratch`. */
  #read(expr: Expr, path: string, scratch: Float64Array): Float64Array {
    if (!isPointwise(expr)) return this.at(expr, path)
    return this.#known(expr, path) ?? this.#pointwise(expr, path, scratch)
  }

  #known(expr: Expr, path: string): Float64Array | undefined {
    const key = path === '' ? keyOf(expr) : `${path}|${keyOf(expr)}`
    return this.#memo.get(key) ?? this.given(key)
  }

  #name(expr: Expr & { kind: 'name' }, path: string): Float64Array {
    if (Object.hasOwn(BAR_COLUMNS, expr.name)) return this.#bar(expr.name as BarName, path)
    const definition = definitionAt(expr)
    return definition ? this.at(definition, path) : this.outside(expr, path)
  }

  #call(expr: Expr & { kind: 'call' }, path: string): Float64Array {
    const { name, args } = expr
    if (name === 'ly' || name === 'pq') return this.at(args[0], path + STEP_LETTERS[name])
    const ofBars = OF_BARS[name]
    if (ofBars) return ofBars((bar) => this.#bar(bar, path), ...args.map((_, i) => literalOf(expr, i)))
    const kernel = CORE[name]
    if (kernel) {
      const kinds = signature(name, true)!.args!
      const columns: Float64Array[] = []
      const numbers: number[] = []
      args.forEach((arg, i) => {
        if (kinds[i][0] === 'n') numbers.push(literalOf(expr, i))
        else columns.push(this.at(arg, path))
      })
      return kernel(columns, ...numbers)
    }
    const definition = definitionAt(expr)
    return definition ? this.at(definition, path) : this.outside(expr, path)
  }

  #bar(name: BarName, path: string): Float64Array {
    return path === '' ? (this.given(name) ?? this.bar(name)) : notAFigure(name)
  }
}

type Pointwise = Expr & { kind: 'ago' | 'negate' | 'not' | 'compare' | 'arithmetic' | 'and' | 'or' }

/** Whether the value at a bar is made of values of its operands alone. */
function isPointwise(expr: Expr): expr is Pointwise {
  switch (expr.kind) {
    case 'ago':
    case 'negate':
    case 'not':
    case 'arithmetic':
    case 'and':
    case 'or':
      return true
    case 'compare':
      return !expr.operands.some((operand) => operand.kind === 'string')
    default:
      return false
  }
}

/** A rule has some tens of distinct parts; the bound keeps the bars of other symbols, which live longer, in hand. */
const MOST_REMEMBERED = 512

function literalOf(call: Expr & { kind: 'call' }, index: number): number {
  const arg = call.args[index]
  if (arg?.kind === 'number') return arg.value
  throw new AppError('bad_rule', `${call.name}: argument ${index + 1} must be a number written out.`)
}

export function notAFigure(name: string): never {
  throw new AppError('bad_rule', `ly() and pq() take figures of the fiscal reports, and ${name} is none.`)
}
