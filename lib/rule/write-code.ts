import type { Expr, Rule } from './ast.ts'
import { CLAUSES, type ClauseKey, printRule } from './clause-text.ts'
import { ExpressionWriter } from './code-expression.ts'
import { Handles } from './code-handles.ts'
import { commentLines, LINE } from './code-layout.ts'
import { contains } from './tree.ts'

/** Clauses that the code writes out; the host applies the others from the rule. */
const WRITTEN: ReadonlySet<string> = new Set(['timeframe', 'signal', 'short', 'exit', 'rank'])

/**
 * A rule as a JavaScript module against the guest contract: SIGNAL as classifySymbol, SHORT as classifyShort, RANK as
 * scoreSymbol (its value, not its order), EXIT as exitPosition. The other clauses are applied by the host.
 */
export function writeCode(rule: Rule): string {
  const { handles, functions } = written(rule)
  const blocks = [comment(rule), handles.declarations.join('\n'), ...functions]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

/** Canonical texts of every series the written code reads: its handles and the bars and figures read by name. */
export function seriesLeaves(rule: Rule): string[] {
  return written(rule).handles.leaves()
}

function written(rule: Rule): { handles: Handles; functions: string[] } {
  const { signal, short, rank, exit } = rule
  const handles = new Handles([signal, short, rank?.by, exit].filter((expr) => expr !== undefined))
  const bars = new ExpressionWriter(handles, false)
  const functions: string[] = []
  if (rule.signal !== undefined) functions.push(conditionFunction('classifySymbol(symbol)', bars, rule.signal))
  if (rule.short !== undefined) functions.push(conditionFunction('classifyShort(symbol)', bars, rule.short))
  if (rule.rank !== undefined) functions.push(scoreFunction(bars, rule.rank.by))
  if (rule.exit !== undefined && !needsAccount(rule.exit)) {
    const position = new ExpressionWriter(handles, true)
    functions.push(conditionFunction('exitPosition(symbol, position)', position, rule.exit))
  }
  return { handles, functions }
}

function conditionFunction(head: string, writer: ExpressionWriter, expr: Expr): string {
  const line = `  return ${writer.condition(expr)}`
  const { parts, join } = writer.conditions(expr)
  const whole = line.length <= LINE || parts.length === 1
  const body = whole ? line : `  return (\n    ${parts.join(` ${join}\n    `)}\n  )`
  return functionText(head, writer.takeLocals(), body)
}

function scoreFunction(writer: ExpressionWriter, by: Expr): string {
  const line = `  return ${writer.number(by)}`
  return functionText('scoreSymbol(symbol)', writer.takeLocals(), line)
}

function functionText(head: string, locals: readonly string[], body: string): string {
  const lines = locals.length === 0 ? [body] : [...locals, '', body]
  return `export function ${head} {\n${lines.join('\n')}\n}`
}

/** An EXIT that speaks of the account or of the first stop, which only the host knows. */
function needsAccount(exit: Expr): boolean {
  return contains(exit, (part) => part.kind === 'name' && (part.name === 'equity' || part.name === 'initial_risk'))
}

/** The rule's text, so that the code can be read beside what was understood. */
function comment(rule: Rule): string {
  const lines = printRule(rule).split('\n')
  const host = (Object.keys(CLAUSES) as ClauseKey[]).filter(
    (key) => rule.clauses[key] !== undefined && (!WRITTEN.has(key) || (key === 'exit' && needsAccount(rule.exit!))),
  )
  const note =
    host.length === 0
      ? 'The universe (stocks) is applied by the host.'
      : `Applied by the host: ${host.map((key) => CLAUSES[key].name).join(', ')}.`
  return [...lines, note].flatMap(commentLines).join('\n')
}
