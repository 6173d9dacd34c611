import { signature } from '../strategy/series.ts'
import type { CompareOp, Expr } from './ast.ts'
import { isLiteral } from './code-expression.ts'
import { asChange, literalValue } from './phrase-change.ts'
import { HELD, INDICATORS, MEANS, NAMES, PLAIN_CALLS, VERBS } from './phrase-words.ts'
import { printExpression, printNumber } from './print.ts'

/** Says expressions in English; `unit` is what one bar is called: day, or bar on shorter ones. */
export class Phrases {
  private readonly unit: string
  private readonly ofPosition: boolean

  /** `ofPosition`: a clause about a position, where `equity` is the account's. */
  constructor(unit: string, ofPosition = false) {
    this.unit = unit
    this.ofPosition = ofPosition
  }

  /** "the close is above the 50-day average and RSI(14) is below 30" */
  condition(expr: Expr): string {
    switch (expr.kind) {
      case 'and':
      case 'or':
        return expr.parts
          .map((part) =>
            part.kind === 'or' || (part.kind === 'and' && expr.kind === 'or')
              ? `(${this.condition(part)})`
              : this.condition(part),
          )
          .join(expr.kind === 'and' ? ', and ' : ', or ')
      case 'not':
        return `it is not so that ${this.condition(expr.of)}`
      case 'in':
        return `${this.value(expr.of)} is ${expr.negated ? 'none of' : 'one of'} ${expr.values.join(', ')}`
      case 'compare':
        return expr.ops.map((op, i) => this.comparison(expr.operands[i]!, op, expr.operands[i + 1]!)).join(', and ')
      case 'ago':
        return `${this.ago(expr.bars)}, ${this.condition(expr.of)}`
      case 'name':
        return NAMES[expr.name] ?? this.value(expr)
      case 'call':
        return this.event(expr.name, expr.args) ?? `${this.meaning(expr)} holds`
      default:
        return `${this.value(expr)} holds`
    }
  }

  /** "the 50-day average" */
  value(expr: Expr): string {
    switch (expr.kind) {
      case 'number':
        return printNumber(expr.value, expr.percent)
      case 'string':
        return expr.value
      case 'name':
        if (expr.name === 'equity' && this.ofPosition) return "the account's equity"
        return NAMES[expr.name] ?? this.meaning(expr)
      case 'ago':
        return this.past(expr)
      case 'negate':
        return expr.of.kind === 'number' ? `-${this.value(expr.of)}` : `minus ${this.value(expr.of)}`
      case 'arithmetic':
        return this.arithmetic(expr)
      case 'call':
        return this.call(expr.name, expr.args) ?? this.meaning(expr)
      default:
        return `(1 when ${this.condition(expr)}, else 0)`
    }
  }

  private comparison(a: Expr, op: CompareOp, b: Expr): string {
    if (b.kind === 'string') return `the ${this.value(a)} is ${op === '!=' ? 'not ' : ''}${b.value}`
    const percent = this.percentage(a, op, b)
    if (percent !== undefined) return percent
    if (a.kind === 'name' && a.name === 'bars_held' && isLiteral(b))
      return `it has been held for ${HELD[op]} ${this.value(b)} ${this.unit}s`
    if (b.kind === 'ago' && printExpression(b.of) === printExpression(a))
      return `${this.value(a)} ${VERBS[op]} its value ${this.ago(b.bars)}`
    return `${this.value(a)} ${VERBS[op]} ${this.value(b)}`
  }

  /** a/b - 1 or a return against a literal: "the open is more than 3% above the close of the day before". */
  private percentage(a: Expr, op: CompareOp, b: Expr): string | undefined {
    const limit = literalValue(b)
    if (a.kind === 'call' && a.name === 'abs' && op.startsWith('<') && limit !== undefined) {
      const near = asChange(a.args[0]!)
      if (near?.against !== undefined)
        return `${this.value(near.of)} is within ${op === '<' ? 'less than ' : ''}${printNumber(limit, true)} of ${this.value(near.against)}`
    }
    const change = asChange(a)
    if (limit === undefined || change === undefined || op === '==' || op === '!=') return undefined
    const down = limit < 0 || (limit === 0 && op.startsWith('<'))
    const beyond = down ? op.startsWith('<') : op.startsWith('>')
    const size = printNumber(Math.abs(limit), true)
    const word = beyond ? (op.endsWith('=') ? 'at least' : 'more than') : op.endsWith('=') ? 'at most' : 'less than'
    const amount = limit === 0 ? '' : `${word} ${size} `
    if (change.against === undefined && change.bars === undefined) return undefined
    if (change.bars !== undefined) {
      const over = change.bars === 1 ? `from the ${this.unit} before` : `over ${change.bars} ${this.unit}s`
      if (!beyond && limit !== 0)
        return `the change of ${this.value(change.of)} ${over} is ${VERBS[op].slice(3)} ${limit < 0 ? '-' : ''}${size}`
      return `${this.value(change.of)} is ${down ? 'down' : 'up'} ${amount}${over}`
    }
    if (!beyond && limit !== 0)
      return `${this.value(change.of)} is ${word} ${size} ${down ? 'below' : 'above'} ${this.value(change.against!)}`
    return `${this.value(change.of)} is ${amount}${down ? 'below' : 'above'} ${this.value(change.against!)}`
  }

  private past(expr: Expr & { kind: 'ago' }): string {
    const { of, bars } = expr
    if (bars === 1 && of.kind === 'call' && of.args[1]?.kind === 'number') {
      const n = of.args[1].value
      if (of.name === 'highest' || of.name === 'lowest')
        return `the ${of.name} ${this.plain(of.args[0]!)} of the ${n} ${this.unit}s before`
      if (of.name === 'sma') return `the average ${this.plain(of.args[0]!)} of the ${n} ${this.unit}s before`
    }
    if (of.kind === 'name')
      return `${this.value(of)} ${bars === 1 ? `of the ${this.unit} before` : `${bars} ${this.unit}s ago`}`
    return `${this.value(of)} ${this.ago(bars)}`
  }

  private ago(bars: number): string {
    return bars === 1 ? `the ${this.unit} before` : `${bars} ${this.unit}s ago`
  }

  private arithmetic(expr: Expr & { kind: 'arithmetic' }): string {
    const { op, left, right } = expr
    if (op === '*' && isLiteral(left)) return `${this.value(left)} times ${this.value(right)}`
    if (op === '*' && isLiteral(right)) return `${this.value(right)} times ${this.value(left)}`
    const change = asChange(expr)
    if (change?.bars !== undefined) return `the ${change.bars}-${this.unit} change of ${this.value(change.of)}`
    if (change?.from !== undefined)
      return `the change of ${this.value(change.of)} from ${change.from} to ${change.to} ${this.unit}s ago`
    if (change !== undefined)
      return `the distance of ${this.value(change.of)} from ${this.value(change.against!)} as a fraction`
    const words = { '+': 'plus', '-': 'minus', '*': 'times', '/': 'over' } as const
    const loose = op === '+' || op === '-'
    const side = (part: Expr, plain: boolean): string => (plain ? this.value(part) : `(${this.value(part)})`)
    const simple = (part: Expr): boolean => part.kind !== 'arithmetic' || part.op === '*'
    const sum = (part: Expr): boolean => part.kind === 'arithmetic' && (part.op === '+' || part.op === '-')
    return `${side(left, simple(left) || (loose && sum(left)))} ${words[op]} ${side(right, simple(right))}`
  }

  private call(name: string, args: readonly Expr[]): string | undefined {
    const [x, n] = args
    const span = n?.kind === 'number' ? `${n.value}-${this.unit}` : ''
    switch (name) {
      case 'sma':
        return this.mean('average', span, x!)
      case 'ema':
        return this.mean('EMA', span, x!)
      case 'wma':
      case 'hma':
      case 'dema':
      case 'tema':
      case 'kama':
      case 'vwma':
        return args.length > 2 ? undefined : this.mean(MEANS[name]!, span, x!)
      case 'linreg_slope':
        return `the slope of the ${span} regression line of ${this.value(x!)}`
      case 'trix':
        return `TRIX(${this.value(n!)})${this.plain(x!) === 'close' ? '' : ` of ${this.value(x!)}`}`
      case 'highest':
      case 'lowest':
        return `the ${name} ${this.plain(x!)} of the last ${this.value(n!)} ${this.unit}s`
      case 'rsi':
        return this.plain(x!) === 'close' ? `RSI(${this.value(n!)})` : `RSI(${this.value(n!)}) of ${this.value(x!)}`
      case 'roc':
        return this.plain(x!) === 'close' ? `the ${span} return` : `the ${span} change of ${this.value(x!)}`
      case 'stdev':
        return `the ${span} deviation of ${this.value(x!)}`
      case 'zscore':
        return `the ${span} z-score of ${this.value(x!)}`
      case 'gap':
        return 'the gap from the close of the day before to the open'
      case 'rvol':
        return `volume over its average of the ${this.value(x!)} ${this.unit}s before`
      case 'on':
        return `${this.value(x!)}'s ${this.value(n!).replace(/^the /, '')}`
      case 'wk':
        return `${WEEKS.value(x!)} of the last completed week`
      case 'mo':
        return `${MONTHS.value(x!)} of the last completed month`
      case 'pd':
        return `${DAYS.value(x!)} as of the previous session`
      case 'orh':
      case 'orl':
        return `the ${name === 'orh' ? 'high' : 'low'} of the first ${this.value(x!)} minutes`
      case 'day_rvol':
        return `volume so far over its mean by this time of day in the ${this.value(x!)} sessions before`
      case 'floor':
        return `${this.value(x!)} rounded down`
      case 'log':
        return `the logarithm of (${this.value(x!)})`
      case 'xrank':
        return `the rank (0..1) among the members by ${this.value(x!)}`
      case 'xz':
        return `the z-score among the members of ${this.value(x!)}`
      case 'breadth':
        return `the share of members for which ${this.condition(x!)}`
      case 'count':
        return `the number of the last ${this.value(n!)} ${this.unit}s on which ${this.condition(x!)}`
      case 'entry':
        return `${this.value(x!)} at the signal`
      case 'since_entry_high':
        return `the highest ${this.plain(x!)} since the entry`
      case 'since_entry_low':
        return `the lowest ${this.plain(x!)} since the entry`
      case 'where':
        return args.length === 2 ? `${this.value(n!)} (only where ${this.condition(x!)})` : undefined
      case 'abs':
        return `the size of ${this.value(x!)}`
      case 'min':
      case 'max':
        return `the ${name === 'min' ? 'smaller' : 'larger'} of ${this.value(x!)} and ${this.value(n!)}`
      case 'yoy':
        return `the year-over-year growth of ${this.value(x!)}`
      case 'ly':
        return `${this.value(x!)} a year earlier`
      case 'pq':
        return `${this.value(x!)} a quarter earlier`
      default:
        return this.indicator(name, args)
    }
  }

  private mean(kind: string, span: string, x: Expr): string {
    return this.plain(x) === 'close' ? `the ${span} ${kind}` : `the ${span} ${kind} of ${this.value(x)}`
  }

  private indicator(name: string, args: readonly Expr[]): string | undefined {
    const said = INDICATORS[name]
    const windows = `(${args.map((arg) => this.value(arg)).join(', ')})`
    return said === undefined ? undefined : `${said}${said.startsWith('the ') ? ' ' : ''}${windows}`
  }

  private event(name: string, args: readonly Expr[]): string | undefined {
    const [x, n] = args
    switch (name) {
      case 'crosses_above':
      case 'crosses_below':
        return `${this.value(x!)} ${name.replace('_', ' ')} ${this.value(n!)}`
      case 'rising':
      case 'falling':
        return `${this.value(x!)} ${name === 'rising' ? 'rose' : 'fell'} ${this.value(n!)} ${this.unit}s in a row`
      case 'any':
        return `on at least one of the last ${this.value(n!)} ${this.unit}s ${this.condition(x!)}`
      case 'all':
        return `on each of the last ${this.value(n!)} ${this.unit}s ${this.condition(x!)}`
      case 'top':
        return `it is among the ${this.value(n!)} members with the largest ${this.value(x!).replace(/^the /, '')}`
      case 'on':
        return `for ${this.value(x!)}, ${this.condition(n!)}`
      case 'wk':
        return `on the last completed weekly bar, ${WEEKS.condition(x!)}`
      case 'mo':
        return `on the last completed monthly bar, ${MONTHS.condition(x!)}`
      case 'pd':
        return `on the previous session's daily bar, ${DAYS.condition(x!)}`
      case 'entry':
        return `at the signal, ${this.condition(x!)}`
      case 'index_member':
        return `it is a member of ${this.value(x!)} on that date`
      case 'month_end':
        return 'it is the last session of the month'
      case 'week_end':
        return 'it is the last session of the week'
      case 'up':
        return 'the close is above the open'
      case 'down':
        return 'the close is below the open'
      default:
        return args.length === 0 ? `the bar shows ${name.replaceAll('_', ' ')}` : undefined
    }
  }

  /** "close", "volume": a value without its article, for use after an adjective. */
  private plain(expr: Expr): string {
    return expr.kind === 'name' ? expr.name.replaceAll('_', ' ') : this.value(expr).replace(/^the /, '')
  }

  private meaning(expr: Expr): string {
    if (expr.kind === 'call' && expr.args.length > 0) return printExpression(expr)
    if (expr.kind === 'call' && PLAIN_CALLS[expr.name] !== undefined) return PLAIN_CALLS[expr.name]!
    const known = expr.kind === 'name' || expr.kind === 'call' ? signature(expr.name, expr.kind === 'call') : undefined
    return known === undefined ? printExpression(expr) : known.meaning.replace(/[;,].*$/, '')
  }
}

const DAYS = new Phrases('day')
const WEEKS = new Phrases('week')
const MONTHS = new Phrases('month')
