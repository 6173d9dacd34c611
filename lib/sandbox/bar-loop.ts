import type { Program } from 'acorn'
import type { References } from '../strategy/scopes.ts'
import type { EntryPoint } from '../strategy/strategy.ts'
import { type Node, nodesOf } from '../strategy/syntax.ts'

/** Entry points that are asked about one bar after the other. */
export const PER_BAR: readonly EntryPoint[] = ['classifySymbol', 'classifyShort']

/**
 * The declared functions of entry points whose body can be the body of a loop over the bars: one plain parameter at most,
 * nothing that a loop would change, and nobody calls them by name.
 */
export function loopable(
  code: string,
  tree: Program,
  references: References,
  entries: ReadonlyMap<EntryPoint, string>,
): Map<Node, EntryPoint> {
  const called = new Set([...references.values()].filter(({ binding }) => binding?.module).map(({ name }) => name))
  const found = new Map<Node, EntryPoint>()
  for (const each of tree.body as Node[]) {
    const declared: Node | null = each.type === 'ExportNamedDeclaration' ? each.declaration : each
    if (declared?.type !== 'FunctionDeclaration' || called.has(declared.id.name)) continue
    const entry = PER_BAR.find((name) => entries.get(name) === declared.id.name)
    if (entry !== undefined && isPlain(code, declared)) found.set(declared, entry)
  }
  return found
}

function isPlain(code: string, declared: Node): boolean {
  const { async, generator, params, id, body } = declared
  if (async || generator || params.length > 1) return false
  const [parameter]: (Node | undefined)[] = params
  if (parameter !== undefined && parameter.type !== 'Identifier') return false
  const name = parameter === undefined ? '' : code.slice(parameter.start, parameter.end)
  const head = code.slice(id.end, body.start)
  return !/[\n\r]/.test(head) && [`(${name})`, `(${name},)`].includes(head.replace(/\s/g, '')) && !changes(body)
}

/**
 * Whether a loop would change what the body does: it would carry `var` from bar to bar; `arguments` would be its own; a block
 * declares no function twice; and a `finally` can undo a return that has already left its value.
 */
function changes(body: Node): boolean {
  const functions = new Set<string>()
  for (const each of body.body as Node[]) {
    if (each.type !== 'FunctionDeclaration') continue
    if (functions.has(each.id.name)) return true
    functions.add(each.id.name)
  }
  for (const node of nodesOf(body)) {
    if (node.type === 'Identifier' && node.name === 'arguments') return true
    if (node.type === 'VariableDeclaration' && node.kind === 'var') return true
    if (node.type === 'TryStatement' && node.finalizer !== null) return true
  }
  return false
}

/** The texts that make a loop over the bars of a function: they stand in place of its head, its returns and its last brace. */
export interface LoopText {
  head: string
  /** in place of the word, and after the expression */
  returns: (value: boolean) => [string, string]
  tail: string
}

const PARAMETERS = ['symbol', 'i', 'end', 'first', 'verdicts', 'read']

/** A loop around any body; `parameter` is the function's own name for its symbol. */
export function bodyLoop(prefix: string, parameter: string | undefined, columns: number): LoopText {
  const $ = (name: string) => prefix + name
  const own = parameter === undefined ? '' : `let ${parameter}=${$('symbol')};`
  return {
    head: `${loopHead(prefix, columns, ['v'])}${$('now')}[0]=${$('bar')}=${$('i')};${$('v')}=void 0;${$('one')}:{${own}{`,
    returns: (value) =>
      value ? [`{${$('v')}=(`, `);break ${$('one')}}`] : [`{${$('v')}=void 0`, `;break ${$('one')}}`],
    tail: `}}${verdictText(prefix)}}}`,
  }
}

/** A loop around a plain condition: no code of the strategy runs in it that could ask which bar it is. */
export function conditionLoop(prefix: string, columns: number): LoopText {
  const verdict = `${prefix}verdicts[${prefix}i-${prefix}first]=1`
  return { head: loopHead(prefix, columns, []), returns: () => ['if(', `)${verdict}`], tail: '}}' }
}

function loopHead(prefix: string, columns: number, more: readonly string[]): string {
  const locals = ['x', 'y', 'd', ...more].map((name) => prefix + name)
  for (let i = 0; i < columns; i++) locals.push(`${prefix}k${i}=${prefix}c${i}`)
  const parameters = PARAMETERS.map((name) => prefix + name).join()
  return `(${parameters}){var ${locals.join()};for(;${prefix}i<${prefix}end;${prefix}i++){`
}

/** A function that makes such a loop around a plain function of a symbol. */
export function loopAround(prefix: string): string {
  const $ = (name: string) => prefix + name
  return (
    `function ${$('each')}(${$('judge')}){if(typeof ${$('judge')}!=='function')return ${$('judge')};` +
    `return(${PARAMETERS.map($).join()})=>{for(;${$('i')}<${$('end')};${$('i')}++){` +
    `${$('now')}[0]=${$('bar')}=${$('i')};const ${$('v')}=${$('judge')}(${$('symbol')});${verdictText(prefix)}}}}`
  )
}

function verdictText(prefix: string): string {
  const [v, at] = [`${prefix}v`, `${prefix}i-${prefix}first`]
  return `if(${v}!==false)${prefix}verdicts[${at}]=${v}===true?1:${prefix}read(${v},${at})`
}
