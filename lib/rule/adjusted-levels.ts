import { signature } from '../strategy/series.ts'
import type { Expr } from './ast.ts'
import { expandDerived } from './derived.ts'
import { printExpression } from './print.ts'
import { partsOf } from './tree.ts'

/**
 * How a value scales when a later split divides the prices: 1 as a price, -1 as a share count, 0 not at all; `literal` for
 * a number written out; undefined where it follows no power (sums of unlike things, logarithms).
 */
type Scaling = number | 'literal' | undefined

const SCALING: Readonly<Record<string, number>> = {
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: -1,
  eps_ttm: 1,
  eps_q: 1,
  dps_ttm: 1,
  book_ps: 1,
  shares: -1,
  obv: -1,
  vwap: 1,
  psar: 1,
  supertrend: 1,
  dopen: 1,
  dhigh: 1,
  dlow: 1,
  dvol: -1,
  avg_dvol: -1,
  pclose: 1,
  orh: 1,
  orl: 1,
  pm_last: 1,
  pm_volume: -1,
}
const RAW: Readonly<Record<string, string>> = {
  open: 'raw_open',
  high: 'raw_high',
  low: 'raw_low',
  close: 'raw_close',
  volume: 'raw_volume',
  dvol: 'raw_dvol()',
  pm_volume: 'raw_pm_volume()',
}
/** What yields something of its first argument's scale. */
const SAME = new Set(
  'abs floor sum sma stdev highest lowest ema rma wma kama linreg_slope change highest_since lowest_since wk mo pd ly pq sec_median entry since_entry_high since_entry_low'.split(
    ' ',
  ),
)

/**
 * The comparisons of a split-adjusted level with a literal other than 0, each with what to write instead: the adjustment
 * knows later splits, so such a level looks ahead (section 1.2 of the reference).
 */
export function adjustedLevels(expr: Expr): { text: string; level: string; instead: string | undefined }[] {
  const found = partsOf(expr).flatMap(adjustedLevels)
  if (expr.kind === 'compare')
    expr.ops.forEach((op, i) => {
      const sides = [expr.operands[i]!, expr.operands[i + 1]!]
      const level = sides.find((side) => isLevel(scaling(side)))
      const literal = sides.find((side) => scaling(side) === 'literal')
      if (level !== undefined && literal !== undefined && !isZero(literal))
        found.push(finding(`${printExpression(sides[0]!)} ${op} ${printExpression(sides[1]!)}`, level))
    })
  if (expr.kind === 'call' && (expr.name === 'crosses_above' || expr.name === 'crosses_below')) {
    const level = expr.args.find((side) => isLevel(scaling(side)))
    const literal = expr.args.find((side) => scaling(side) === 'literal')
    if (level !== undefined && literal !== undefined && !isZero(literal))
      found.push(finding(printExpression(expr), level))
  }
  return found
}

function finding(text: string, level: Expr): { text: string; level: string; instead: string | undefined } {
  const name = level.kind === 'name' || level.kind === 'call' ? RAW[level.name] : undefined
  return { text, level: printExpression(level), instead: name }
}

function isLevel(scale: Scaling): boolean {
  return typeof scale === 'number' && scale !== 0
}

function isZero(expr: Expr): boolean {
  return expr.kind === 'negate' ? isZero(expr.of) : expr.kind === 'number' && expr.value === 0
}

function scaling(expr: Expr): Scaling {
  switch (expr.kind) {
    case 'number':
      return 'literal'
    case 'ago':
    case 'negate':
      return scaling(expr.of)
    case 'arithmetic':
      return combined(expr.op, scaling(expr.left), scaling(expr.right))
    case 'name':
    case 'call': {
      const own = SCALING[expr.name]
      if (own !== undefined) return own
      const definition = expandDerived(expr)
      if (definition !== undefined) return scaling(definition)
      return expr.kind === 'name' ? nameScaling(expr.name) : callScaling(expr.name, expr.args)
    }
    default:
      return 0
  }
}

function nameScaling(name: string): Scaling {
  return signature(name, false)?.group === 'position' ? undefined : 0
}

function callScaling(name: string, args: readonly Expr[]): Scaling {
  if (SAME.has(name)) return scaling(args[0]!)
  if (name === 'on' || name === 'valuewhen') return scaling(args[1]!)
  if (name === 'min' || name === 'max') return common(scaling(args[0]!), scaling(args[1]!))
  if (name === 'where') return args.length === 2 ? scaling(args[1]!) : common(scaling(args[1]!), scaling(args[2]!))
  if (name === 'sqrt') {
    const of = scaling(args[0]!)
    return typeof of === 'number' ? of / 2 : of
  }
  return name === 'log' ? undefined : 0
}

function combined(op: string, left: Scaling, right: Scaling): Scaling {
  if (op === '+' || op === '-') return common(left, right)
  if (left === undefined || right === undefined) return undefined
  if (left === 'literal' && right === 'literal') return 'literal'
  const [a, b] = [left === 'literal' ? 0 : left, right === 'literal' ? 0 : right]
  return op === '*' ? a + b : a - b
}

/** The scale of a sum or a choice: that of its parts where they agree; a literal goes with anything. */
function common(a: Scaling, b: Scaling): Scaling {
  if (a === 'literal') return b
  return b === 'literal' || a === b ? a : undefined
}
