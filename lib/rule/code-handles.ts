import { CONTRACT_GLOBALS, camelCase } from '../strategy/contract.ts'
import { SERIES, signature } from '../strategy/series.ts'
import { ENTRY_POINTS } from '../strategy/strategy.ts'
import type { Expr } from './ast.ts'
import { constant } from './code-layout.ts'
import { printExpression } from './print.ts'
import { termName } from './term-names.ts'
import { partsOf } from './tree.ts'

/** Names a module of written code cannot give to its own constants: the guest's globals and the language's words. */
const TAKEN: ReadonlySet<string> = new Set([
  ...CONTRACT_GLOBALS,
  ...ENTRY_POINTS,
  ...SERIES.flatMap(({ name }) => [name, camelCase(name)]),
  'symbol',
  'position',
  ...'break case catch class const continue debugger default delete do else enum export extends false finally for'.split(
    ' ',
  ),
  ...'function if import in instanceof new null return super switch this throw true try typeof var void while'.split(
    ' ',
  ),
  ...'with yield let static await async of get set arguments eval globalThis'.split(' '),
])

/** Groups whose bare names are globals of the guest, ready to be read. */
const GLOBAL_GROUPS: ReadonlySet<string> = new Set(['bar', 'figure', 'ratio'])

/** The series a module of written code reads: which it declares, under which names. */
export class Handles {
  private readonly names = new Map<string, string>()
  private readonly used = new Set<string>()
  readonly declarations: string[] = []
  private readonly shared: ReadonlySet<string>

  /** `exprs`: what is written, so that what several calls take gets a name of its own. */
  constructor(exprs: readonly Expr[] = []) {
    this.shared = sharedArguments(exprs)
  }

  /** The identifier of the handle of an expression, declared on first use. */
  of(expr: Expr): string {
    const key = printExpression(expr)
    const known = this.names.get(key)
    if (known !== undefined) return known
    const name = isGlobal(expr) ? camelCase(expr.name) : this.declared(expr)
    this.names.set(key, name)
    return name
  }

  /** Canonical texts of all series read, in order of first use. */
  leaves(): string[] {
    return [...this.names.keys()]
  }

  private declared(expr: Expr): string {
    const [callee, ...args] = this.declaration(expr)
    const name = this.free(expr)
    this.declarations.push(constant(name, callee, args))
    return name
  }

  /** Whether several calls take the expression, so that it has a handle. */
  shares(expr: Expr): boolean {
    return this.shared.size > 0 && this.shared.has(printExpression(expr))
  }

  /** A name for a value that is computed inside a function. */
  local(expr: Expr): string {
    return this.free(expr)
  }

  /** `sma(volume, 20)`, `on('SPY', 'close > sma(close, 200)')`, `series('(high + low) / 2')`: the callee and its arguments. */
  private declaration(expr: Expr): [callee: string, ...args: string[]] {
    // beside the series of these names stand the contract's per-bar functions
    const perBar = expr.kind === 'call' && (expr.name === 'crosses_above' || expr.name === 'crosses_below')
    if (expr.kind !== 'call' || perBar) return ['series', quoted(printExpression(expr))]
    const kinds = signature(expr.name, true)?.args ?? []
    const args = expr.args.map((arg, i) => {
      const kind = kinds[i]![0]
      if (kind === 'n' || kind === 'k') return printExpression(arg)
      if (arg.kind === 'string') return quoted(arg.value)
      if (isGlobal(arg)) return camelCase(arg.name)
      return this.shared.has(printExpression(arg)) ? this.of(arg) : quoted(printExpression(arg))
    })
    return [camelCase(expr.name), ...args]
  }

  private free(expr: Expr): string {
    const condition =
      expr.kind === 'call' && expr.args.length === 0 && signature(expr.name, true)?.yields === 'condition'
    const plain = constantName(condition ? `is_${termName(expr)}` : termName(expr))
    let name = plain
    for (let i = 2; TAKEN.has(name) || this.used.has(name); i++)
      name = TAKEN.has(plain) && i === 2 ? `${plain}Now` : `${plain}_${i}`
    this.used.add(name)
    return name
  }
}

/** `bb_lower_20_2` is `bbLower20_2`: between two numbers the underscore stays. */
function constantName(name: string): string {
  return name.replace(/(?<!\d)_([a-z0-9])|_([a-z])/g, (_, one?: string, two?: string) => (one ?? two)!.toUpperCase())
}

function isGlobal(expr: Expr): expr is Expr & { kind: 'name' } {
  return expr.kind === 'name' && GLOBAL_GROUPS.has(signature(expr.name, false)?.group ?? '')
}

/** Computed by several different calls, and more than a name or a call of plain bars. */
function sharedArguments(exprs: readonly Expr[]): ReadonlySet<string> {
  const calls = new Map<string, Set<string>>()
  const walk = (expr: Expr): void => {
    if (expr.kind === 'call' && expr.name !== 'where')
      for (const arg of expr.args) {
        if (!['arithmetic', 'compare', 'and', 'or', 'not', 'call'].includes(arg.kind) || isLiteral(arg)) continue
        const key = printExpression(arg)
        calls.set(key, (calls.get(key) ?? new Set()).add(printExpression(expr)))
      }
    for (const part of partsOf(expr)) walk(part)
  }
  for (const expr of exprs) walk(expr)
  return new Set([...calls].filter(([, by]) => by.size > 1).map(([key]) => key))
}

function isLiteral(expr: Expr): boolean {
  return expr.kind === 'number' || (partsOf(expr).length > 0 && partsOf(expr).every(isLiteral))
}

/** A JavaScript string; double quotes where the rule's own single ones are inside. */
function quoted(text: string): string {
  if (text.includes("'")) return JSON.stringify(text)
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"')}'`
}
