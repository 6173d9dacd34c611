import type { ArithmeticOp, CompareOp, Expr } from './ast.ts'
import { ruleError, shown, type Token, tokenize } from './tokens.ts'

/** Deepest nesting of an expression, counted in the text and in the tree. */
export const MAX_DEPTH = 200
/** Most bars `x[k]` may look back. */
export const MAX_BARS = 100_000

const COMPARE = new Set(['<', '<=', '>', '>=', '==', '!='])
const KEYWORDS = new Set(['and', 'or', 'not', 'in'])

/**
 * Parses one expression of the rule language (grammar: section 3 of the reference). Names and argument counts are not
 * looked at here: see check.ts. Throws `bad_rule` with the 1-based column, what was found and what was expected.
 */
export function parseExpression(text: string): Expr {
  const parser = new Parser(tokenize(text))
  return parser.whole()
}

class Parser {
  private readonly tokens: Token[]
  private next = 0
  private nesting = 0
  private readonly depths = new Map<Expr, number>()

  constructor(tokens: Token[]) {
    this.tokens = tokens
  }

  whole(): Expr {
    if (this.peek().kind === 'end') ruleError('the expression is empty.', 0, { expected: 'an expression' })
    const expr = this.or()
    const token = this.peek()
    if (token.kind !== 'end') this.fail(token, 'an operator or the end')
    return expr
  }

  private or(): Expr {
    const at = this.peek().at
    const parts = [this.and()]
    while (this.takeWord('or')) parts.push(this.and())
    return parts.length === 1 ? parts[0]! : this.made({ kind: 'or', parts, at }, parts)
  }

  private and(): Expr {
    const at = this.peek().at
    const parts = [this.not()]
    while (this.takeWord('and')) parts.push(this.not())
    return parts.length === 1 ? parts[0]! : this.made({ kind: 'and', parts, at }, parts)
  }

  private not(): Expr {
    const at = this.peek().at
    if (!this.takeWord('not')) return this.compare()
    const of = this.deeper(at, () => this.not())
    return this.made({ kind: 'not', of, at }, [of])
  }

  private compare(): Expr {
    const at = this.peek().at
    const first = this.sum()
    const token = this.peek()
    if (token.kind === 'name' && (token.text === 'in' || token.text === 'not')) {
      const negated = this.takeWord('not')
      if (!this.takeWord('in')) this.fail(this.peek(), '"in" after "not"')
      return this.made({ kind: 'in', of: first, values: this.strings(), negated, at }, [first])
    }
    const operands = [first]
    const ops: CompareOp[] = []
    while (this.peek().kind === 'symbol' && COMPARE.has(this.peek().text)) {
      ops.push(this.take().text as CompareOp)
      operands.push(this.sum())
    }
    return ops.length === 0 ? first : this.made({ kind: 'compare', operands, ops, at }, operands)
  }

  private strings(): string[] {
    this.expect('(')
    const values: string[] = []
    do {
      const token = this.take()
      if (token.kind !== 'string') this.fail(token, "a string in single quotes, such as 'KO'")
      values.push(token.text)
    } while (this.takeSymbol(','))
    this.expect(')')
    return values
  }

  private sum(): Expr {
    return this.leftToRight(['+', '-'], () => this.product())
  }

  private product(): Expr {
    return this.leftToRight(['*', '/'], () => this.unary())
  }

  private leftToRight(ops: readonly string[], operand: () => Expr): Expr {
    const at = this.peek().at
    let left = operand()
    while (this.peek().kind === 'symbol' && ops.includes(this.peek().text)) {
      const op = this.take().text as ArithmeticOp
      const right = operand()
      left = this.made({ kind: 'arithmetic', op, left, right, at }, [left, right])
    }
    return left
  }

  private unary(): Expr {
    const at = this.peek().at
    if (!this.takeSymbol('-')) return this.post()
    const of = this.deeper(at, () => this.unary())
    return this.made({ kind: 'negate', of, at }, [of])
  }

  private post(): Expr {
    const at = this.peek().at
    let of = this.atom()
    while (this.takeSymbol('[')) {
      const bars = this.barsAgo()
      this.expect(']')
      of = this.made({ kind: 'ago', of, bars, at }, [of])
    }
    return of
  }

  private barsAgo(): number {
    const token = this.take()
    if (token.kind === 'symbol' && token.text === '-')
      ruleError('a negative number of bars reads the future: x[1] is the value one bar earlier.', token.at, {
        found: '-',
        expected: 'a whole number >= 0',
        future: true,
      })
    if (token.kind !== 'number' || !/^\d+$/.test(token.text))
      this.fail(token, 'a whole number of bars, written out, such as [1]')
    const bars = Number(token.text)
    if (bars > MAX_BARS) ruleError(`[${token.text}] looks back further than ${MAX_BARS} bars.`, token.at)
    return bars
  }

  private atom(): Expr {
    const token = this.take()
    const at = token.at
    if (token.kind === 'number') return this.number(token)
    if (token.kind === 'string') return this.made({ kind: 'string', value: token.text, at }, [])
    if (token.kind === 'name') {
      if (KEYWORDS.has(token.text)) this.fail(token, 'a value')
      if (this.takeSymbol('(')) return this.call(token)
      return this.made({ kind: 'name', name: token.text, at }, [])
    }
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = this.deeper(at, () => this.or())
      this.expect(')')
      return inner
    }
    return this.fail(token, 'a number, a name, a function call or "("')
  }

  private number(token: Token): Expr {
    const percent = this.takeSymbol('%')
    if (percent && /e/i.test(token.text)) ruleError('write a percentage without an exponent.', token.at)
    // 1.1 / 100 would round twice; the shifted decimal is the nearest double to the fraction meant
    const value = Number(percent ? `${token.text}e-2` : token.text)
    if (!Number.isFinite(value)) ruleError(`${token.text} is too large a number.`, token.at)
    return this.made({ kind: 'number', value, percent, at: token.at }, [])
  }

  private call(name: Token): Expr {
    const args: Expr[] = []
    if (!this.takeSymbol(')')) {
      do args.push(this.deeper(name.at, () => this.or()))
      while (this.takeSymbol(','))
      this.expect(')')
    }
    return this.made({ kind: 'call', name: name.text, args, at: name.at }, args)
  }

  /** Counts a level of nesting in the text, so that parentheses cannot exhaust the stack. */
  private deeper<T>(at: number, inner: () => T): T {
    if (++this.nesting > MAX_DEPTH) this.tooDeep(at)
    const result = inner()
    this.nesting--
    return result
  }

  /** Counts a level of the tree: a sum of many terms nests to the left without a parenthesis. */
  private made(expr: Expr, children: readonly Expr[]): Expr {
    const depth = 1 + children.reduce((most, child) => Math.max(most, this.depths.get(child)!), 0)
    if (depth > MAX_DEPTH) this.tooDeep(expr.at)
    this.depths.set(expr, depth)
    return expr
  }

  private tooDeep(at: number): never {
    return ruleError(`nested deeper than ${MAX_DEPTH} levels (each further term of a sum counts as one).`, at, {
      limit: MAX_DEPTH,
    })
  }

  private peek(): Token {
    return this.tokens[this.next]!
  }

  private take(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.next++
    return token
  }

  private takeSymbol(text: string): boolean {
    const token = this.peek()
    if (token.kind !== 'symbol' || token.text !== text) return false
    this.next++
    return true
  }

  private takeWord(text: string): boolean {
    const token = this.peek()
    if (token.kind !== 'name' || token.text !== text) return false
    this.next++
    return true
  }

  private expect(symbol: string): void {
    if (!this.takeSymbol(symbol)) this.fail(this.peek(), `"${symbol}"`)
  }

  private fail(token: Token, expected: string): never {
    const lower = token.text.toLowerCase()
    const hint =
      token.kind === 'name' && token.text !== lower && KEYWORDS.has(lower) ? ` Write "${lower}" in lower case.` : ''
    return ruleError(`found ${shown(token)} where ${expected} was expected.${hint}`, token.at, {
      found: token.text,
      expected,
    })
  }
}
