/** From expressions to columns: what follows from the nodes themselves, on whatever bars. */
import { AppError } from '../core/errors.ts'
import { signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { BAR_COLUMNS, type BarName } from './calendar-columns.ts'
import { expandDerived } from './derived.ts'
import type { FiscalStep } from './figures.ts'
import { CORE } from './kernels.ts'
import { ago, onBalanceVolume } from './kernels-memory.ts'
import { and, arithmetic, compare, negate, not, type Operand, or } from './kernels-pointwise.ts'
import { trueRange } from './kernels-smooth.ts'
import { commodityChannel } from './kernels-window.ts'
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
        return new Float64Array(this.length).fill(expr.value)
      case 'string':
        throw new AppError(
          'bad_rule',
          `The string '${expr.value}' stands alone: strings compare with symbol, sector or industry.`,
        )
      case 'ago':
        return ago(this.at(expr.of, path), expr.bars)
      case 'negate':
        return negate(this.at(expr.of, path))
      case 'arithmetic':
        return this.#arithmetic(expr, path)
      case 'compare':
        if (expr.operands.some((operand) => operand.kind === 'string')) return this.outside(expr, path)
        return expr.ops
          .map((op, i) => compare(op, this.at(expr.operands[i], path), this.#operand(expr.operands[i + 1], path)))
          .reduce(and)
      case 'in':
        return this.outside(expr, path)
      case 'not':
        return not(this.at(expr.of, path))
      case 'and':
        return this.#folded(expr.parts, path, and)
      case 'or':
        return this.#folded(expr.parts, path, or)
      case 'name':
        return this.#name(expr, path)
      case 'call':
        return this.#call(expr, path)
    }
  }

  /** Part by part: a run of 500 comparisons holds two columns, not 500. */
  #folded(parts: readonly Expr[], path: string, combine: typeof and): Float64Array {
    let column = this.at(parts[0], path)
    for (let i = 1; i < parts.length; i++) column = combine(column, this.at(parts[i], path))
    return column
  }

  #arithmetic({ op, left, right }: Expr & { kind: 'arithmetic' }, path: string): Float64Array {
    const a = this.#operand(left, path)
    return arithmetic(op, a, typeof a === 'number' ? this.at(right, path) : this.#operand(right, path))
  }

  /** A literal stays a number: no column is made of it. */
  #operand(expr: Expr, path: string): Operand {
    return expr.kind === 'number' ? expr.value : this.at(expr, path)
  }

  #name(expr: Expr & { kind: 'name' }, path: string): Float64Array {
    if (Object.hasOwn(BAR_COLUMNS, expr.name)) return this.#bar(expr.name as BarName, path)
    const definition = definitionAt(expr)
    return definition ? this.at(definition, path) : this.outside(expr, path)
  }

  #call(expr: Expr & { kind: 'call' }, path: string): Float64Array {
    const { name, args } = expr
    if (name === 'ly' || name === 'pq') return this.at(args[0], path + STEP_LETTERS[name])
    if (name === 'obv') return onBalanceVolume(this.#bar('close', path), this.#bar('volume', path))
    if (name === 'tr') return trueRange(this.#bar('high', path), this.#bar('low', path), this.#bar('close', path))
    if (name === 'cci') return commodityChannel(this.#typical(path), literalOf(expr, 0))
    const kernel = CORE[name]
    if (kernel) {
      const kinds = signature(name, true)!.args!
      const isWindow = (i: number) => kinds[i] === 'n'
      const columns = args.filter((_, i) => !isWindow(i)).map((arg) => this.at(arg, path))
      const window = kinds.indexOf('n')
      return kernel(columns, window < 0 ? 0 : literalOf(expr, window))
    }
    const definition = definitionAt(expr)
    return definition ? this.at(definition, path) : this.outside(expr, path)
  }

  #bar(name: BarName, path: string): Float64Array {
    return path === '' ? (this.given(name) ?? this.bar(name)) : notAFigure(name)
  }

  #typical(path: string): Float64Array {
    const total = arithmetic(
      '+',
      arithmetic('+', this.#bar('high', path), this.#bar('low', path)),
      this.#bar('close', path),
    )
    return arithmetic('/', total, 3)
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
