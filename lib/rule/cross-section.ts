/**
 * Cross-sections: at a date, over the members (UNIVERSE true, a bar on the date, a defined x). Two phases, so that symbols
 * can be split into chunks: the inner columns by symbol, then the ranks by date over all symbols.
 */
import { AppError } from '../core/errors.ts'
import type { Market } from '../market/market.ts'
import { signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { breadth, rankPercentile, sectorMedian, standardScore, topMembers } from './cross-values.ts'
import { type CrossColumns, createEvaluator, keyOf } from './evaluate.ts'
import { textValue } from './text-columns.ts'
import { partsOf } from './tree.ts'

/** One cross-sectional call: its canonical text, what is compared, and n of top(x, n). */
export interface CrossNode {
  readonly key: string
  readonly name: 'xrank' | 'xz' | 'top' | 'sec_median' | 'breadth'
  readonly inner: Expr
  readonly n: number
}

/** The calls of a rule in the order they can be computed: those of a level use only levels before it. */
export interface CrossPlan {
  readonly universe: Expr
  readonly levels: readonly (readonly CrossNode[])[]
}

/** One symbol's part of a level: plain arrays of its own (they may be transferred), along its loaded bars. */
export interface CrossInput {
  readonly symbol: string
  /** '' when unknown */
  readonly sector: string
  /** what bars of different symbols meet on: the exchange date of daily bars, the closing instant of others */
  readonly at: Float64Array
  /** 1 where UNIVERSE is true */
  readonly member: Uint8Array
  /** x of each node of the level */
  readonly columns: readonly Float64Array[]
}

/** Finds the cross-sectional calls of the expressions, inner ones first. */
export function crossPlan(exprs: readonly Expr[], universe: Expr): CrossPlan {
  const levels: CrossNode[][] = []
  const found = new Map<string, number>()
  // the level of an expression: how many levels must be computed before it can be
  const walk = (expr: Expr): number => {
    const before = partsOf(expr).reduce((most, part) => Math.max(most, walk(part)), 0)
    if (expr.kind !== 'call' || signature(expr.name, true)?.group !== 'cross-section') return before
    const key = keyOf(expr)
    if (!found.has(key)) {
      const window = expr.args[1]
      const n = window?.kind === 'number' ? window.value : 0
      levels[before] = [
        ...(levels[before] ?? []),
        { key, name: expr.name as CrossNode['name'], inner: expr.args[0], n },
      ]
      found.set(key, before + 1)
    }
    return found.get(key)!
  }
  for (const expr of exprs) walk(expr)
  return { universe, levels }
}

/** The inner columns of one level for some symbols; `prior` holds the levels before it, for these symbols at least. */
export function crossInputs(
  market: Market,
  symbols: readonly string[],
  universe: Expr,
  level: readonly CrossNode[],
  prior: CrossColumns = new Map(),
): CrossInput[] {
  const inputs: CrossInput[] = []
  for (const symbol of symbols) {
    const series = market.bars(symbol)
    if (!series) continue
    const evaluator = createEvaluator(market, series, { cross: prior })
    inputs.push({
      symbol,
      sector: textValue(market, symbol, 'sector') ?? '',
      at: new Float64Array(series.timeframe === '1d' ? series.day : series.time),
      member: trueOn(evaluator.column(universe)),
      columns: level.map((node) => evaluator.column(node.inner).slice()),
    })
  }
  return inputs
}

/** The values of one level from the inputs of all symbols, whatever chunks they came in and in whatever order. */
export function crossRank(level: readonly CrossNode[], inputs: readonly CrossInput[]): CrossColumns {
  const symbols = [...inputs].sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  for (let i = 1; i < symbols.length; i++)
    if (symbols[i].symbol === symbols[i - 1].symbol)
      throw new AppError('internal', `${symbols[i].symbol} came twice into a cross-section.`)
  const met = new Set<number>()
  for (const { at } of symbols) for (let i = 0; i < at.length; i++) met.add(at[i])
  const dates = Float64Array.from(met).sort()
  const dateOf = symbols.map(({ at }) => positionsIn(dates, at))
  const result = new Map<string, Map<string, Float64Array>>()
  level.forEach((node, index) => {
    const bySymbol = new Map<string, Float64Array>()
    const outs = symbols.map(({ symbol, at }) => {
      const out = new Float64Array(at.length)
      if (node.name !== 'top') out.fill(Number.NaN)
      bySymbol.set(symbol, out)
      return out
    })
    rankNode(node, symbols, index, dateOf, dates.length, outs)
    result.set(node.key, bySymbol)
  })
  return result
}

/** All levels for all symbols at once: what evaluators of these symbols take as `cross`. */
export function crossColumns(
  market: Market,
  symbols: readonly string[],
  exprs: readonly Expr[],
  universe: Expr,
): CrossColumns {
  const known = new Map<string, ReadonlyMap<string, Float64Array>>()
  for (const level of crossPlan(exprs, universe).levels)
    for (const [key, columns] of crossRank(level, crossInputs(market, symbols, universe, level, known)))
      known.set(key, columns)
  return known
}

function trueOn(condition: Float64Array): Uint8Array {
  const out = new Uint8Array(condition.length)
  for (let i = 0; i < out.length; i++) if (condition[i] === 1) out[i] = 1
  return out
}

/** Where each date of a symbol stands among all dates; both ascending. */
function positionsIn(dates: Float64Array, at: Float64Array): Int32Array {
  const positions = new Int32Array(at.length)
  let position = 0
  for (let i = 0; i < at.length; i++) {
    while (dates[position] < at[i]) position++
    positions[i] = position
  }
  return positions
}

/** Gathers the members of every date in symbol order, then computes date by date. */
function rankNode(
  node: CrossNode,
  symbols: readonly CrossInput[],
  index: number,
  dateOf: readonly Int32Array[],
  dates: number,
  outs: readonly Float64Array[],
): void {
  const start = new Int32Array(dates + 1)
  symbols.forEach(({ member, columns }, s) => {
    const x = columns[index]
    for (let i = 0; i < x.length; i++) if (member[i] === 1 && !Number.isNaN(x[i])) start[dateOf[s][i] + 1]++
  })
  for (let d = 0; d < dates; d++) start[d + 1] += start[d]
  const values = new Float64Array(start[dates])
  const owner = new Int32Array(start[dates])
  const bar = new Int32Array(start[dates])
  const next = start.slice()
  symbols.forEach(({ member, columns }, s) => {
    const x = columns[index]
    for (let i = 0; i < x.length; i++)
      if (member[i] === 1 && !Number.isNaN(x[i])) {
        const slot = next[dateOf[s][i]]++
        values[slot] = x[i]
        owner[slot] = s
        bar[slot] = i
      }
  })
  const results = new Float64Array(values.length)
  for (let d = 0; d < dates; d++) {
    const from = start[d]
    const to = start[d + 1]
    if (from === to) continue
    const x = values.subarray(from, to)
    const y = results.subarray(from, to)
    if (node.name === 'xrank') rankPercentile(x, y)
    else if (node.name === 'xz') standardScore(x, y)
    else if (node.name === 'top') topMembers(x, y, node.n)
    else if (node.name === 'breadth') breadth(x, y)
    else sectorMedian(x, y, (member) => symbols[owner[from + member]].sector)
  }
  for (let slot = 0; slot < results.length; slot++) outs[owner[slot]][bar[slot]] = results[slot]
}
