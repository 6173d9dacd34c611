import type { Expr } from './ast.ts'
import { printExpression, printNumber } from './print.ts'

/** Bare names whose term is called as the field calls it. */
const COMMON: Readonly<Record<string, string>> = {
  pe: 'pe_ratio',
  pb: 'pb_ratio',
  mcap: 'market_cap',
  ey: 'earnings_yield',
}

/** Calls without arguments that read better under another name. */
const PLAIN_CALLS: Readonly<Record<string, string>> = {
  gap: 'gap_size',
  tr: 'true_range',
  obv: 'on_balance_volume',
  close_pos: 'close_position',
  fscore: 'f_score',
  dopen: 'session_open',
  dhigh: 'session_high',
  dlow: 'session_low',
  dvol: 'session_volume',
  raw_dvol: 'session_volume_as_traded',
  pclose: 'previous_close',
  tod: 'minutes_since_open',
  bar_of_day: 'bar_number',
  minutes_left: 'minutes_to_close',
  vwap: 'session_vwap',
  pm_last: 'premarket_last',
  pm_volume: 'premarket_volume',
  raw_pm_volume: 'premarket_volume_as_traded',
}

const WORDS: Readonly<Record<string, string>> = { '+': 'plus', '-': 'minus', '*': 'times', '/': 'over' }
const COMPARE_WORDS: Readonly<Record<string, string>> = {
  '<': 'below',
  '<=': 'at_most',
  '>': 'above',
  '>=': 'at_least',
  '==': 'is',
  '!=': 'is_not',
}
const LONGEST = 48

/** A snake_case identifier that says what an expression is: `rsi_14`, `avg_volume_20`, `close_over_sma_50`. Not unique. */
export function termName(expr: Expr): string {
  const name = nameOf(expr)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  const cut = name.length <= LONGEST ? name : name.slice(0, LONGEST).replace(/_[^_]*$/, '')
  return /^[a-z]/.test(cut) ? cut : `value_${cut}`
}

function nameOf(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return printNumber(expr.value, expr.percent).replace('.', 'p').replace('%', '_percent')
    case 'string':
      return expr.value
    case 'name':
      return COMMON[expr.name] ?? expr.name
    case 'ago':
      return expr.bars === 1 ? `${nameOf(expr.of)}_prior` : `${nameOf(expr.of)}_${expr.bars}_ago`
    case 'negate':
      return `minus_${nameOf(expr.of)}`
    case 'arithmetic':
      return changeName(expr) ?? `${nameOf(expr.left)}_${WORDS[expr.op]}_${nameOf(expr.right)}`
    case 'compare':
      return expr.operands.map((x, i) => (i ? `${COMPARE_WORDS[expr.ops[i - 1]!]}_${nameOf(x)}` : nameOf(x))).join('_')
    case 'in':
      return `${nameOf(expr.of)}_${expr.negated ? 'not_' : ''}in_list`
    case 'not':
      return `not_${nameOf(expr.of)}`
    case 'and':
    case 'or':
      return expr.parts.map(nameOf).join(`_${expr.kind}_`)
    case 'call':
      return callName(expr.name, expr.args)
  }
}

/** `a/b - 1`: the change of x from b bars ago, or one value against another. */
function changeName(expr: Expr & { kind: 'arithmetic' }): string | undefined {
  const { op, left, right } = expr
  if (op !== '-' || right.kind !== 'number' || right.value !== 1) return undefined
  if (left.kind !== 'arithmetic' || left.op !== '/') return undefined
  const [now, before] = [aged(left.left), aged(left.right)]
  if (now.text !== before.text) return `${nameOf(left.left)}_vs_${nameOf(left.right)}`
  const base = nameOf(now.of)
  return now.bars === 0 ? `${base}_change_${before.bars}` : `${base}_change_${before.bars}_to_${now.bars}`
}

function aged(expr: Expr): { of: Expr; bars: number; text: string } {
  const [of, bars] = expr.kind === 'ago' ? [expr.of, expr.bars] : [expr, 0]
  return { of, bars, text: printExpression(of) }
}

function callName(name: string, args: readonly Expr[]): string {
  if (args.length === 0) return PLAIN_CALLS[name] ?? name
  const [x, n] = args
  const overVolume = x?.kind === 'name' && x.name === 'volume'
  switch (name) {
    case 'sma':
      return overVolume ? `avg_volume_${nameOf(n!)}` : withArgs('sma', args)
    case 'avg_dvol':
      return `avg_volume_so_far_${nameOf(x!)}`
    case 'rvol':
    case 'day_rvol':
      return `volume_ratio_${nameOf(x!)}`
    case 'on':
      return `${nameOf(x!)}_${nameOf(n!)}`
    case 'wk':
      return `weekly_${nameOf(x!)}`
    case 'mo':
      return `monthly_${nameOf(x!)}`
    case 'pd':
      return `previous_day_${nameOf(x!)}`
    case 'xrank':
      return `rank_of_${nameOf(x!)}`
    case 'xz':
      return `z_of_${nameOf(x!)}`
    case 'sec_median':
      return `sector_median_${nameOf(x!)}`
    case 'top':
      return `top_${nameOf(n!)}_by_${nameOf(x!)}`
    case 'breadth':
      return `share_with_${nameOf(x!)}`
    case 'ly':
      return `${nameOf(x!)}_last_year`
    case 'pq':
      return `${nameOf(x!)}_prior_quarter`
    case 'yoy':
      return `${nameOf(x!)}_growth`
    case 'where':
      return args.length === 2 ? nameOf(n!) : withArgs(name, args)
    case 'barssince':
      return `bars_since_${nameOf(x!)}`
    case 'valuewhen':
      return `${nameOf(n!)}_when_${nameOf(x!)}`
    case 'psar':
      return printExpression({ kind: 'call', name, args: [...args], at: 0 }) === 'psar(0.02, 0.2)'
        ? 'psar'
        : withArgs(name, args)
    case 'index_member':
      return `in_${nameOf(x!)}`
    case 'dollar_volume':
      return `avg_dollar_volume_${nameOf(x!)}`
    case 'highest':
    case 'lowest':
      return `${name}_${args.map(nameOf).join('_')}`
    default:
      return withArgs(name, args)
  }
}

/** `sma_50`, `sma_volume_20`: the close is what a price study means anyway. */
function withArgs(name: string, args: readonly Expr[]): string {
  const shown = args.filter((arg) => !(arg.kind === 'name' && arg.name === 'close'))
  return [name, ...shown.map(nameOf)].join('_')
}
