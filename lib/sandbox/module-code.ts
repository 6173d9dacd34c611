import { getLineInfo, type Program } from 'acorn'
import { sha256 } from '../core/hash.ts'
import { CONTRACT_SERIES } from '../strategy/contract.ts'
import { entryPointsOf, mentionedNames } from '../strategy/entry-points.ts'
import { resolveNames } from '../strategy/scopes.ts'
import type { EntryPoint } from '../strategy/strategy.ts'
import { childrenOf, type Finding, findingAt, NESTED_TOO_DEEPLY, type Node, parseModule } from '../strategy/syntax.ts'
import { loopAround, PER_BAR } from './bar-loop.ts'
import { type Edit, edited, type Place, placeInSource } from './edits.ts'
import { type FastText, fastText } from './fast-text.ts'
import { keepable } from './module-state.ts'
import type { GuestError } from './sandbox.ts'

/** The longest text that is read here: the wall behind the validator's own, smaller limit. */
const MAX_MODULE_CHARACTERS = 256 * 1024

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
 * level again on fresh variables and errors keep their columns (lines are one further down). Imports are refused. `faster`
 * gives the edits that speed it up.
 */
export function moduleCode(
  code: string,
  faster: (...given: Parameters<typeof fastText>) => FastText = fastText,
): ModuleCode | { error: GuestError } {
  try {
    return rewrite(code, faster)
  } catch (error) {
    // The walks recurse with the nesting of the code.
    if (error instanceof RangeError) return failed(NESTED_TOO_DEEPLY, { line: 1, column: 1 })
    throw error
  }
}

function rewrite(code: string, faster: typeof fastText): ModuleCode | { error: GuestError } {
  if (code.length > MAX_MODULE_CHARACTERS) {
    const message = `The code is ${code.length} characters long; at most ${MAX_MODULE_CHARACTERS} are read.`
    return failed(message, { line: 1, column: 1 })
  }
  const parsed = parseModule(code)
  if ('finding' in parsed) return failed(parsed.finding.reason, parsed.finding)
  const { tree } = parsed
  const refused = whyNoFactory(code, tree)
  if (refused !== undefined) return failed(refused.reason, refused)
  const entries = entryPointsOf(tree)
  if (entries.size === 0)
    return failed('The code has no entry point: export function classifySymbol(symbol) { ... }.', {
      line: 1,
      column: 1,
    })
  const body = withoutExports(code, tree)
  const prefix = prefixFor(code, mentionedNames(tree))
  const references = resolveNames(tree)
  const { edits, handles, looped } = faster(body, tree, references, entries, prefix)
  const globals = new Set(
    [...references.values()].filter(({ binding }) => binding === undefined).map(({ name }) => name),
  )
  const returned = [...entries].map(([entry, local]) =>
    PER_BAR.includes(entry) && !looped.includes(entry) ? `${entry}: ${prefix}each(${local})` : `${entry}: ${local}`,
  )
  const own = ['now', 'column', 'freeze', 'x', 'y', 'd', ...handles.map((_, i) => `c${i}`)].map((name) => prefix + name)
  const link = `function ${prefix}link(now,column,freeze){freeze([import.meta]);${prefix}now=now;${prefix}column=column;${prefix}freeze=freeze;return(bar)=>{${prefix}now[0]=${prefix}bar=bar}}`
  const far = `function ${prefix}far(handle,bars,bar){${prefix}now[0]=bar;return handle.ago(bars)}`
  const head = `var ${prefix}bar=-1,${own.join()};${loopAround(prefix)}${far}${link}export{${prefix}link as link}`
  const read = handles.map((name, i) => `${prefix}c${i}=${prefix}column(${name});`).join('')
  const held = keepable(tree, references)
  const frozen = held === null ? '' : `${prefix}freeze([${held.join()}]);`
  return {
    // An arrow function: arguments of its own would be an object that outlives a bar.
    source: `${head};export default () => {\n${edited(body, edits)}\n;${read}${frozen}return { ${returned.join()} }\n}`,
    entryPoints: [...entries.keys()],
    kept: held !== null,
    bareNames: BARE_NAMES.filter(({ spellings }) => spellings.some((name) => globals.has(name))).map(
      ({ name }) => name,
    ),
    // The strategy's first line is the second of what is compiled. Code can write to an error whatever place it likes.
    place: ({ line, column, ...rest }) => ({
      ...rest,
      ...(line === undefined ? {} : placeOf(body, edits, line - 1, column)),
    }),
  }
}

/** What an engine's place is in the strategy's own text; without a column only the line. */
function placeOf(body: string, edits: readonly Edit[], line: number, column: number | undefined): Partial<Place> {
  const place = placeInSource(body, edits, { line, column: column ?? 1 })
  return place === undefined || column !== undefined ? (place ?? {}) : { line: place.line }
}

/** The code with blanks in place of `export` and of whole lists of exports. */
function withoutExports(code: string, tree: Program): string {
  const edits: Edit[] = []
  for (const { type, start, end, declaration } of tree.body as Node[]) {
    if (type !== 'ExportNamedDeclaration') continue
    const length = (declaration?.start ?? end) - start
    edits.push({ offset: start, length, text: code.slice(start, start + length).replace(/[^\n\r]/g, ' ') })
  }
  return edited(code, edits)
}

/**
 * What the names made here begin with. They stand nowhere in the strategy's text, and text never becomes code: it cannot reach
 * them. Made from the code itself, so that it could not name them even where the engine read it otherwise than this parser.
 */
function prefixFor(code: string, names: ReadonlySet<string>): string {
  let prefix: string
  let salt = ''
  do {
    prefix = `$${sha256(salt + code).slice(0, 16)}`
    salt += ' '
  } while ([...names].some((name) => name.startsWith(prefix)))
  return prefix
}

/** What a strategy module must not hold to become a function, or why it could be read in two ways. */
function whyNoFactory(code: string, tree: Program): Finding | undefined {
  for (const statement of tree.body as Node[]) {
    if (statement.type === 'ImportDeclaration' || statement.type === 'ExportAllDeclaration' || statement.source)
      return findingAt(statement, 'A strategy imports nothing.')
    if (statement.type === 'ExportDefaultDeclaration')
      return findingAt(statement, 'A strategy has no default export; export classifySymbol by its name.')
  }
  const awaits = topLevelAwait(tree as Node)
  if (awaits !== undefined) return findingAt(awaits, 'A strategy never awaits.')
  // The engine takes the end of a remark at these for no end of a line.
  const separator = code.search(/[\u2028\u2029]/)
  if (separator < 0) return undefined
  const { line, column } = getLineInfo(code, separator)
  return { line, column: column + 1, reason: 'Line ends are written as plain ones, not as U+2028 or U+2029.' }
}

function failed(message: string, at: { line: number; column: number }): { error: GuestError } {
  return { error: { kind: 'guest', message, line: at.line, column: at.column } }
}

/** An `await` outside every function would no longer parse inside the factory. */
function topLevelAwait(node: Node): Node | undefined {
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) return node
  if (/Function/.test(node.type)) return undefined
  for (const child of childrenOf(node)) {
    const found = topLevelAwait(child)
    if (found !== undefined) return found
  }
  return undefined
}
