/** Conditions on what a symbol is: the same on every bar, but for index membership. */
import { AppError } from '../core/errors.ts'
import type { BarSeries } from '../market/bars.ts'
import type { Market } from '../market/market.ts'
import type { Expr } from './ast.ts'

/** The symbol, sector or industry of a symbol; undefined when the universe file leaves it blank. */
export function textValue(market: Market, symbol: string, name: string): string | undefined {
  if (name === 'symbol') return symbol
  const listing = market.listing(symbol)
  return (name === 'sector' ? listing?.sector : name === 'industry' ? listing?.industry : '') || undefined
}

/** A comparison of symbol, sector or industry with strings: 1, 0, or unknown where the text is. */
export function textIs(market: Market, series: BarSeries, expr: Expr & { kind: 'compare' | 'in' }): Float64Array {
  let verdict: number
  if (expr.kind === 'in') verdict = isOneOf(expr.of, expr.values, expr.negated)
  else {
    const strings = expr.operands.filter((operand) => operand.kind === 'string')
    const names = expr.operands.filter((operand) => operand.kind !== 'string')
    const [op] = expr.ops
    if (strings.length !== 1 || names.length !== 1 || (op !== '==' && op !== '!=')) return wrong()
    verdict = isOneOf(names[0], [strings[0].value], op === '!=')
  }
  return new Float64Array(series.length).fill(verdict)

  function isOneOf(name: Expr, values: readonly string[], negated: boolean): number {
    if (name.kind !== 'name' || !['symbol', 'sector', 'industry'].includes(name.name)) return wrong()
    const text = textValue(market, series.symbol, name.name)
    return text === undefined ? Number.NaN : Number(values.includes(text) !== negated)
  }
}

function wrong(): never {
  throw new AppError('bad_rule', 'Strings compare with symbol, sector or industry, by ==, !=, in or not in.')
}

/** `stocks`: the asset class of the universe file, unknown when blank; an index: member on the bar's date, start <= t < end. */
export function memberOf(market: Market, series: BarSeries, group: string): Float64Array {
  const out = new Float64Array(series.length)
  if (group === 'stocks') {
    const assetClass = market.listing(series.symbol)?.assetClass
    return out.fill(assetClass ? Number(assetClass === 'stock') : Number.NaN)
  }
  const members = market.membership(group)
  if (!members)
    throw new AppError(
      'no_data',
      `index_member('${group}'): no members of ${group} are stored. Import its list with "constituents import FILE".`,
    )
  for (const { start, end } of members.get(series.symbol) ?? [])
    for (let i = 0; i < out.length; i++)
      if (series.day[i] >= start && (end === undefined || series.day[i] < end)) out[i] = 1
  return out
}
