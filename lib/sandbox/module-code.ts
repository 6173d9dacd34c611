import { CONTRACT_SERIES } from '../strategy/contract.ts'
import { entryPointsOf, mentionedNames } from '../strategy/entry-points.ts'
import { resolveNames } from '../strategy/scopes.ts'
import type { EntryPoint } from '../strategy/strategy.ts'
import { findingAt, type Node, parseModule } from '../strategy/syntax.ts'
import { loopAround, PER_BAR } from './bar-loop.ts'
import { edited, originalColumn } from './edits.ts'
import { fastText } from './fast-text.ts'
import { keepable } from './module-state.ts'
import type { GuestError } from './sandbox.ts'

/** A strategy rewritten as a module whose default export starts it afresh. */
export interface ModuleCode {
  /** one line, then the strategy's own text at its own columns, then what returns the entry points */
  source: string
  entryPoints: EntryPoint[]
  /** bare series names (close, pe) the code mentions */
  bareNames: string[]
  /** whether one start of the module serves many bars: nothing it holds can change */
  kept: boolean
  /** an error of the compiled text with its line and column in the strategy's own text */
  place(error: GuestError): GuestError
}

const BARE_NAMES = CONTRACT_SERIES.filter(({ signature }) => signature.args === undefined)

/**
 * Turns a strategy module into a factory: `export` becomes blanks, so that every call of the default export runs the top
 * level again on fresh variables and errors keep their columns (lines are one further down). Imports are refused.
 */
export function moduleCode(code: string): ModuleCode | { error: GuestError } {
  try {
    return rewrite(code)
  } catch (error) {
    // The walks recurse with the nesting of the code.
    if (error instanceof RangeError) return failed('The code is nested too deeply to be read.', { line: 1, column: 1 })
    throw error
  }
}

function rewrite(code: string): ModuleCode | { error: GuestError } {
  const parsed = parseModule(code)
  if ('finding' in parsed) return failed(parsed.finding.reason, parsed.finding)
  const { tree } = parsed
  let body = code
  const blank = (from: number, to: number): void => {
    body = body.slice(0, from) + body.slice(from, to).replace(/[^\n\r\u2028\u2029]/g, ' ') + body.slice(to)
  }
  for (const statement of tree.body as Node[]) {
    if (statement.type === 'ImportDeclaration' || statement.type === 'ExportAllDeclaration' || statement.source) {
      return failed('A strategy imports nothing.', findingAt(statement, ''))
    }
    if (statement.type === 'ExportDefaultDeclaration') {
      return failed('A strategy has no default export; export classifySymbol by its name.', findingAt(statement, ''))
    }
    if (statement.type !== 'ExportNamedDeclaration') continue
    const declaration: Node | null = statement.declaration
    blank(statement.start, declaration === null ? statement.end : declaration.start)
  }
  const awaits = topLevelAwait(tree as Node)
  if (awaits !== undefined) return failed('A strategy never awaits.', findingAt(awaits, ''))
  const entries = entryPointsOf(tree)
  if (entries.size === 0)
    return failed('The code has no entry point: export function classifySymbol(symbol) { ... }.', {
      line: 1,
      column: 1,
    })
  const names = mentionedNames(tree)
  let prefix = '$'
  while ([...names].some((name) => name.startsWith(prefix))) prefix += '$'
  const references = resolveNames(tree)
  const { edits, handles, looped } = fastText(body, tree, references, entries, prefix)
  const globals = new Set(
    [...references.values()].filter(({ binding }) => binding === undefined).map(({ name }) => name),
  )
  const returned = [...entries].map(([entry, local]) =>
    PER_BAR.includes(entry) && !looped.includes(entry) ? `${entry}: ${prefix}each(${local})` : `${entry}: ${local}`,
  )
  // Names that start with the prefix stand nowhere in the strategy's text, and text never becomes code: it cannot reach them.
  const own = ['now', 'column', 'freeze', 'x', 'y', 'd', ...handles.map((_, i) => `c${i}`)].map((name) => prefix + name)
  const link = `function ${prefix}link(now,column,freeze){freeze([import.meta]);${prefix}now=now;${prefix}column=column;${prefix}freeze=freeze;return(bar)=>{${prefix}now[0]=${prefix}bar=bar}}`
  const far = `function ${prefix}far(handle,bars,bar){${prefix}now[0]=bar;return handle.ago(bars)}`
  const head = `var ${prefix}bar=-1,${own.join()};${loopAround(prefix)}${far}${link}export{${prefix}link as link}`
  const read = handles.map((name, i) => `${prefix}c${i}=${prefix}column(${name});`).join('')
  const lines = code.split(/\r\n|[\n\r\u2028\u2029]/).length
  const held = keepable(tree, references)
  const frozen = held === null ? '' : `${prefix}freeze([${held.join()}]);`
  return {
    source: `${head};export default function () {\n${edited(body, edits)}\n;${read}${frozen}return { ${returned.join()} }\n}`,
    entryPoints: [...entries.keys()],
    kept: held !== null,
    bareNames: BARE_NAMES.filter(({ spellings }) => spellings.some((name) => globals.has(name))).map(
      ({ name }) => name,
    ),
    // The strategy's first line is the second of what is compiled. Code can write to an error whatever place it likes.
    place: ({ line = 0, column, ...rest }) => ({
      ...rest,
      ...(line > 1 && line <= lines + 1 ? { line: line - 1 } : {}),
      ...(line > 1 && line <= lines + 1 && column !== undefined
        ? { column: originalColumn(edits, line - 1, column) }
        : {}),
    }),
  }
}

function failed(message: string, at: { line: number; column: number }): { error: GuestError } {
  return { error: { kind: 'guest', message, line: at.line, column: at.column } }
}

/** An `await` outside every function would no longer parse inside the factory. */
function topLevelAwait(node: Node): Node | undefined {
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) return node
  if (/Function/.test(node.type)) return undefined
  for (const key of Object.keys(node)) {
    const value: unknown = node[key]
    if (key === 'loc' || typeof value !== 'object' || value === null) continue
    for (const each of Array.isArray(value) ? value : [value]) {
      if (typeof each?.type !== 'string') continue
      const found = topLevelAwait(each as Node)
      if (found !== undefined) return found
    }
  }
  return undefined
}
