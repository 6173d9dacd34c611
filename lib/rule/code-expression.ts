import { signature } from '../strategy/series.ts'
import type { CompareOp, Expr } from './ast.ts'
import { typeOf } from './check.ts'
import type { Handles } from './code-handles.ts'
import { LINE, localConstant } from './code-layout.ts'
import { isPositive } from './settled.ts'
import { contains } from './tree.ts'

/** A piece of JavaScript and how tightly it binds, so that parentheses stand only where they are needed. */
interface Code {
  readonly text: string
  readonly binds: Binds
}
type Binds = 'ternary' | 'or' | 'and' | 'equality' | 'sum' | 'product' | 'unary' | 'atom'
const ORDER: readonly Binds[] = ['ternary', 'or', 'and', 'equality', 'sum', 'product', 'unary', 'atom']

const FUNCTION: Readonly<Record<CompareOp, string>> = {
  '<': 'isBelow',
  '<=': 'atMost',
  '>': 'isAbove',
  '>=': 'atLeast',
  '==': 'isEqual',
  '!=': '',
}
const OPPOSITE: Readonly<Record<CompareOp, CompareOp>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
}
const MIRRORED: Readonly<Record<CompareOp, CompareOp>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
}
/** A condition stands on a line of its own, four blanks in and with a joiner behind. */
const LONGEST_CONDITION = LINE - 7
const MATH = new Set(['abs', 'sqrt', 'floor', 'min', 'max', 'log'])
const POSITION_CALLS: Readonly<Record<string, string>> = {
  entry: 'entry',
  since_entry_high: 'sinceEntryHigh',
  since_entry_low: 'sinceEntryLow',
}

/**
 * Writes expressions as JavaScript over series handles. A comparison with NaN is false and `not` is carried down to the
 * comparisons, so the code is true exactly where the rule is, and unknown never fires.
 */
export class ExpressionWriter {
  private readonly handles: Handles
  private readonly inPosition: boolean
  private locals: string[] = []
  private readonly localOf = new Map<string, string>()

  /** `inPosition`: EXIT, where position names may stand and `equity` is the account's. */
  constructor(handles: Handles, inPosition: boolean) {
    this.handles = handles
    this.inPosition = inPosition
  }

  /** The code of a number. */
  number(expr: Expr): string {
    return this.value(expr, 0).text
  }

  /** The constants that what was written since the last call needs before it, each a line. */
  takeLocals(): string[] {
    const { locals } = this
    this.locals = []
    this.localOf.clear()
    return locals
  }

  /** The operands of the outermost `&&` or `||` (or the one condition), each ready to be joined by it. */
  conditions(expr: Expr): { parts: string[]; join: '&&' | '||' } {
    const outer = outermost(expr, false)
    const parts = this.operands(expr, outer, false).map((part) => within(part, outer))
    return { parts, join: outer === 'or' ? '||' : '&&' }
  }

  private operands(expr: Expr, outer: 'and' | 'or', negated: boolean): Code[] {
    if (expr.kind === 'not') return this.operands(expr.of, outer, !negated)
    const joins = (expr.kind === 'and' || expr.kind === 'or') && (expr.kind === outer) !== negated
    if (joins) return expr.parts.flatMap((part) => this.operands(part, outer, negated))
    if (outer === 'and' && !negated && expr.kind === 'compare' && expr.ops.length > 1)
      return expr.ops.map((_, i) => this.pair(expr, i, 0, false))
    return [this.truth(expr, 0, negated)]
  }

  /** The code of a condition. */
  condition(expr: Expr): string {
    return this.truth(expr, 0, false).text
  }

  private value(expr: Expr, shift: number): Code {
    if (typeOf(expr) === 'condition') return this.truthValue(expr, shift)
    if ((expr.kind === 'arithmetic' || expr.kind === 'call') && this.handles.shares(expr)) return this.read(expr, shift)
    switch (expr.kind) {
      case 'number':
        return { text: String(expr.value), binds: 'atom' }
      case 'name':
        if (this.isPositionName(expr)) return { text: `position.${expr.name}`, binds: 'atom' }
        return this.read(expr, shift)
      case 'ago':
        return isLiteral(expr.of) && expr.bars > 0 ? this.read(expr, shift) : this.value(expr.of, shift + expr.bars)
      case 'negate': {
        const of = this.value(expr.of, shift)
        return { text: of.text.startsWith('-') ? `-(${of.text})` : `-${within(of, 'unary')}`, binds: 'unary' }
      }
      case 'arithmetic':
        return this.arithmetic(expr, shift)
      case 'call':
        return this.call(expr, shift)
      default:
        return this.read(expr, shift)
    }
  }

  private arithmetic(expr: Expr & { kind: 'arithmetic' }, shift: number): Code {
    const left = this.value(expr.left, shift)
    const right = this.value(expr.right, shift)
    if (expr.op === '+' || expr.op === '-')
      return { text: `${within(left, 'sum')} ${expr.op} ${signed(within(right, 'product'))}`, binds: 'sum' }
    // dividing by 0 is unknown, not Infinity
    const divisor = expr.op === '/' && !isPositive(expr.right) ? `(${right.text} || NaN)` : within(right, 'unary')
    return { text: `${within(left, 'product')} ${expr.op} ${signed(divisor)}`, binds: 'product' }
  }

  private call(expr: Expr & { kind: 'call' }, shift: number): Code {
    const onPosition = POSITION_CALLS[expr.name]
    if (onPosition !== undefined)
      return { text: `position.${onPosition}(${this.handles.of(expr.args[0]!)})`, binds: 'atom' }
    if (MATH.has(expr.name)) {
      const args = expr.args.map((arg) => this.value(arg, shift).text)
      // the logarithm of 0 is unknown, not -Infinity
      if (expr.name === 'log' && !isPositive(expr.args[0]!))
        args[0] = `${within(this.value(expr.args[0]!, shift), 'and')} || NaN`
      return { text: `Math.${expr.name}(${args.join(', ')})`, binds: 'atom' }
    }
    if (expr.name === 'where' && this.needsPosition(expr)) {
      const [c, x, y] = expr.args
      return this.choice(c!, this.value(x!, shift), y === undefined ? undefined : this.value(y, shift))
    }
    return this.read(expr, shift)
  }

  /** A condition as 1, 0 or NaN: a series of its own, unless it speaks of the position. */
  private truthValue(expr: Expr, shift: number): Code {
    if (expr.kind === 'ago') return this.truthValue(expr.of, shift + expr.bars)
    if (!this.needsPosition(expr)) return this.read(expr, shift)
    return this.choice(expr, { text: '1', binds: 'atom' }, { text: '0', binds: 'atom' })
  }

  private choice(condition: Expr, yes: Code, no: Code | undefined): Code {
    const isTrue = within(this.truth(condition, 0, false), 'or')
    const isFalse = within(this.truth(condition, 0, true), 'or')
    const otherwise = no === undefined ? 'NaN' : `${isFalse} ? ${within(no, 'or')} : NaN`
    return { text: `(${isTrue} ? ${within(yes, 'or')} : ${otherwise})`, binds: 'atom' }
  }

  private truth(expr: Expr, shift: number, negated: boolean): Code {
    switch (expr.kind) {
      case 'not':
        return this.truth(expr.of, shift, !negated)
      case 'and':
      case 'or': {
        const join = (expr.kind === 'and') !== negated ? 'and' : 'or'
        const parts = expr.parts.map((part) => within(this.truth(part, shift, negated), join))
        return { text: parts.join(join === 'and' ? ' && ' : ' || '), binds: join }
      }
      case 'ago':
        // a literal has no bar before the first, so what compares literals keeps its own column
        if (contains(expr.of, (part) => part.kind === 'compare' && part.operands.every(isLiteral)))
          return this.test(expr, shift, negated)
        return this.truth(expr.of, shift + expr.bars, negated)
      case 'compare': {
        if (this.isText(expr)) return this.test(expr, shift, negated)
        const pairs = expr.ops.map((_, i) => this.pair(expr, i, shift, negated))
        if (pairs.length === 1) return pairs[0]!
        const join = negated ? 'or' : 'and'
        return { text: pairs.map((pair) => within(pair, join)).join(negated ? ' || ' : ' && '), binds: join }
      }
      case 'call':
        return this.truthCall(expr, shift, negated)
      default:
        return this.test(expr, shift, negated)
    }
  }

  private pair(expr: Expr & { kind: 'compare' }, i: number, shift: number, negated: boolean): Code {
    const [left, right] = [expr.operands[i]!, expr.operands[i + 1]!]
    // "10 < rsi" reads "rsi is above 10"
    const turned = isLiteral(left) && !isLiteral(right)
    const said = negated ? OPPOSITE[expr.ops[i]!] : expr.ops[i]!
    const op = turned ? MIRRORED[said] : said
    const [a, b] = this.operandTexts(turned ? [right, left] : [left, right], shift)
    if (op === '!=') return { text: `isAbove(${a}, ${b}) || isBelow(${a}, ${b})`, binds: 'or' }
    return { text: `${FUNCTION[op]}(${a}, ${b})`, binds: 'atom' }
  }

  /** Two operands on one line; where that is too long, the longer one gets a name. */
  private operandTexts(sides: readonly [Expr, Expr], shift: number): [string, string] {
    const texts = sides.map((side) => this.value(side, shift).text) as [string, string]
    const longer = texts[0].length >= texts[1].length ? 0 : 1
    if (texts[0].length + texts[1].length + 'crossesAbove(, )'.length <= LONGEST_CONDITION) return texts
    if (sides[longer].kind === 'call' || sides[longer].kind === 'name') return texts
    const value = texts[longer]
    let name = this.localOf.get(value)
    if (name === undefined) {
      name = this.handles.local(sides[longer])
      this.localOf.set(value, name)
      this.locals.push(localConstant(name, value))
    }
    texts[longer] = name
    return texts
  }

  private truthCall(expr: Expr & { kind: 'call' }, shift: number, negated: boolean): Code {
    const crossing = expr.name === 'crosses_above' || expr.name === 'crosses_below'
    if (crossing && shift === 0 && !negated && !expr.args.every(isLiteral)) {
      const sides = expr.args.map((arg) => (isLiteral(arg) ? this.value(arg, 0).text : this.handles.of(arg)))
      return {
        text: `${expr.name === 'crosses_above' ? 'crossesAbove' : 'crossesBelow'}(${sides.join(', ')})`,
        binds: 'atom',
      }
    }
    return this.test(expr, shift, negated)
  }

  /** A condition that has a column: 1 where true, 0 where false. */
  private test(expr: Expr, shift: number, negated: boolean): Code {
    const onPosition = expr.kind === 'call' ? POSITION_CALLS[expr.name] : undefined
    const read =
      onPosition !== undefined && expr.kind === 'call'
        ? `position.${onPosition}(${this.handles.of(expr.args[0]!)})`
        : this.read(expr, shift).text
    return { text: `${read} === ${negated ? 0 : 1}`, binds: 'equality' }
  }

  private read(expr: Expr, shift: number): Code {
    if (expr.kind === 'ago' && !isLiteral(expr.of)) return this.read(expr.of, shift + expr.bars)
    return { text: `${this.handles.of(expr)}.ago(${shift})`, binds: 'atom' }
  }

  private isText(expr: Expr & { kind: 'compare' }): boolean {
    return expr.operands.some((operand) => operand.kind === 'string')
  }

  private isPositionName(expr: Expr): boolean {
    return (
      this.inPosition &&
      expr.kind === 'name' &&
      (expr.name === 'equity' || signature(expr.name, false)?.group === 'position')
    )
  }

  private needsPosition(expr: Expr): boolean {
    return contains(
      expr,
      (part) => this.isPositionName(part) || (part.kind === 'call' && POSITION_CALLS[part.name] !== undefined),
    )
  }
}

/** What joins the parts of a condition once `not` is carried inward. */
function outermost(expr: Expr, negated: boolean): 'and' | 'or' {
  if (expr.kind === 'not') return outermost(expr.of, !negated)
  const or = expr.kind === 'or' || (negated && (expr.kind === 'and' || expr.kind === 'compare'))
  return or && !(negated && expr.kind === 'or') ? 'or' : 'and'
}

function within(code: Code, least: Binds): string {
  return ORDER.indexOf(code.binds) < ORDER.indexOf(least) ? `(${code.text})` : code.text
}

/** Keeps `a - -b` from being written `a --b`. */
function signed(text: string): string {
  return text.startsWith('-') ? `(${text})` : text
}

/** Made of number literals alone, so that it has the same value on every bar. */
export function isLiteral(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
      return true
    case 'negate':
      return isLiteral(expr.of)
    case 'arithmetic':
      return isLiteral(expr.left) && isLiteral(expr.right)
    case 'call':
      return MATH.has(expr.name) && expr.args.every(isLiteral)
    default:
      return false
  }
}
