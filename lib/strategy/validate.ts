import type { Program } from 'acorn'
import { checkCharacters, checkHtmlComments } from './check-text.ts'
import { checkModule } from './checks.ts'
import { MAX_CODE_BYTES } from './contract.ts'
import { readDataCalls } from './data-calls.ts'
import { entryPointsOf } from './entry-points.ts'
import { resolveNames } from './scopes.ts'
import type { EntryPoint } from './strategy.ts'
import { stripTypes } from './strip-types.ts'
import { type Finding, MOST_FINDINGS, NESTED_TOO_DEEPLY, parseModule, TOO_DEEP } from './syntax.ts'

export type { Finding } from './syntax.ts'

/** Code that the contract allows, as plain JavaScript at the positions it was written at. */
export interface ValidCode {
  code: string
  entryPoints: EntryPoint[]
  /** the largest literal `days` of its price calls (30 where none is named); 0 when it reads series only */
  historyDays: number
  /** symbols its data calls name in quotes */
  symbols: string[]
}

/**
 * Parses a strategy (JavaScript, or TypeScript whose types are blanked) and allows what the contract names; everything else is
 * a finding with line, column, reason and what to do. A courtesy with good messages, never the wall: the
 * sandbox stands without it.
 */
export async function validateCode(source: string): Promise<ValidCode | { findings: Finding[] }> {
  const bytes = new TextEncoder().encode(source).length
  if (bytes > MAX_CODE_BYTES) {
    return refused({
      line: 1,
      column: 1,
      reason: `The code is ${bytes} bytes long; at most ${MAX_CODE_BYTES} are read; load data with the data functions instead of writing it out.`,
    })
  }
  try {
    const parsed = await parse(source)
    if ('finding' in parsed) return refused(parsed.finding)
    return judge(parsed.code, parsed.tree)
  } catch (error) {
    // The walks recurse with the nesting of the code.
    if (error instanceof RangeError) return refused({ line: 1, column: 1, reason: NESTED_TOO_DEEPLY })
    throw error
  }
}

async function parse(source: string): Promise<{ code: string; tree: Program } | { finding: Finding }> {
  const plain = parseModule(source)
  if (!('finding' in plain)) return { code: source, tree: plain.tree }
  if (plain.finding.reason === TOO_DEEP || plain.finding.reason === NESTED_TOO_DEEPLY) return plain
  const stripped = await stripTypes(source)
  if ('finding' in stripped) return stripped
  if (stripped.code === source) return plain
  const typed = parseModule(stripped.code)
  return 'finding' in typed ? typed : { code: stripped.code, tree: typed.tree }
}

function judge(code: string, tree: Program): ValidCode | { findings: Finding[] } {
  const references = resolveNames(tree)
  const calls = readDataCalls(tree, references)
  const findings = [
    ...checkCharacters(code),
    ...checkHtmlComments(code, tree),
    ...checkModule(tree, references),
    ...calls.findings,
  ]
  const entryPoints = [...entryPointsOf(tree).keys()]
  if (entryPoints.length === 0) {
    findings.push({
      line: 1,
      column: 1,
      reason:
        'The code has no entry point: write export function classifySymbol(symbol) { ... } or another entry point of the contract.',
    })
  }
  if (findings.length > 0) return refused(...findings)
  return { code, entryPoints, historyDays: calls.historyDays, symbols: calls.symbols }
}

function refused(...findings: Finding[]): { findings: Finding[] } {
  const ordered = findings.sort((a, b) => a.line - b.line || a.column - b.column)
  return { findings: ordered.slice(0, MOST_FINDINGS) }
}
