import type { Program } from 'acorn'
import { AppError } from '../core/errors.ts'
import { DATA_FUNCTIONS, DEFAULT_DAYS, snakeCase, universeExpression } from './contract.ts'
import type { References } from './scopes.ts'
import { childrenOf, type Finding, findingAt, type Node } from './syntax.ts'

/** What the code's data calls say literally. */
export interface DataCalls {
  /** the largest literal `days`; a call that names none asks for the default; 0 without price calls */
  historyDays: number
  /** symbols named in quotes */
  symbols: string[]
  findings: Finding[]
}

const NAMES = new Map(
  DATA_FUNCTIONS.flatMap(({ name }) => [name, snakeCase(name)].map((spelling): [string, string] => [spelling, name])),
)

/** Reads the literals of every data call: how far back, which symbols, which filters. */
export function readDataCalls(tree: Program, references: References): DataCalls {
  const found: DataCalls = { historyDays: 0, symbols: [], findings: [] }
  const symbols = new Set<string>()
  const calls = { references, found, symbols, read: new Set<Node>() }
  const visit = (node: Node, depth: number): void => {
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier') {
      const reference = references.get(node.callee)
      const name = reference?.binding === undefined ? NAMES.get(node.callee.name) : undefined
      if (name !== undefined) {
        if (depth === 0)
          found.findings.push(
            findingAt(
              node,
              `${node.callee.name} answers as of a bar: call it inside an entry point, not at module level.`,
            ),
          )
        readCall(name, node, calls)
      }
    }
    for (const child of childrenOf(node)) visit(child, depth + (/Function/.test(node.type) ? 1 : 0))
  }
  visit(tree as Node, 0)
  found.symbols = [...symbols].sort()
  return found
}

/** What the calls have in common: lists and filters that many calls name are read once. */
interface Calls {
  references: References
  found: DataCalls
  symbols: Set<string>
  read: Set<Node>
}

function readCall(name: string, node: Node, calls: Calls): void {
  const { references, found, symbols } = calls
  if (name === 'scanUniverse') {
    readFilters(node, calls)
    return
  }
  const [who, options] = node.arguments as (Node | undefined)[]
  if (who !== undefined && isNew(who, calls)) for (const text of textsOf(who, references)) symbols.add(text)
  if (name === 'getFundamentalData') return
  if (options?.type === 'Literal' || node.arguments.length > 2) {
    found.findings.push(
      findingAt(options!, `Options stand in one object: ${name}(symbol, { timeframe: '1d', days: 30 }).`),
    )
    return
  }
  let days: number | undefined = DEFAULT_DAYS
  if (options !== undefined) {
    const given = objectOf(options, references)
    const value = given === undefined ? undefined : propertyOf(given, 'days')
    // Days that are known only at run time are asked for when they are.
    days = value === undefined ? DEFAULT_DAYS : numberOf(value, references)
    const timeframe = given === undefined ? undefined : propertyOf(given, 'timeframe')
    if (timeframe?.type === 'Literal' && timeframe.value !== '1d') {
      found.findings.push(findingAt(timeframe, `Only daily bars are there for code: timeframe is '1d'.`))
    }
    if (days !== undefined && value !== undefined && (!Number.isInteger(days) || days < 1)) {
      found.findings.push(findingAt(value, 'days is a whole number of sessions >= 1.'))
      return
    }
  }
  found.historyDays = Math.max(found.historyDays, days ?? DEFAULT_DAYS)
}

function readFilters(node: Node, calls: Calls): void {
  const { references, found } = calls
  const options = node.arguments[0] === undefined ? undefined : objectOf(node.arguments[0], references)
  const value = options === undefined ? undefined : propertyOf(options, 'filters')
  const filters = value === undefined ? undefined : objectOf(value, references)
  if (filters === undefined || !isNew(filters, calls)) return
  for (const each of filters.properties) {
    if (each.type !== 'Property' || each.computed) continue
    const key = String(each.key.name ?? each.key.value)
    const number = numberOf(each.value, references)
    const texts = textsOf(each.value, references)
    try {
      universeExpression({
        [key]: number ?? (texts.length > 0 ? texts : /^(sector|industr|symbol)/.test(key) ? 'any' : 0),
      })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      found.findings.push(findingAt(each, error.message))
    }
  }
}

/** What a name was initialised with, where it is a constant of the module. */
function settled(node: Node, references: References): Node {
  if (node.type !== 'Identifier') return node
  const binding = references.get(node)?.binding
  return binding?.kind === 'const' && binding.init !== null ? binding.init : node
}

function isNew(node: Node, { references, read }: Calls): boolean {
  const value = settled(node, references)
  if (read.has(value)) return false
  read.add(value)
  return true
}

function objectOf(node: Node, references: References): Node | undefined {
  const value = settled(node, references)
  return value.type === 'ObjectExpression' ? value : undefined
}

function propertyOf(object: Node, key: string): Node | undefined {
  const found = object.properties.find(
    (each: Node) => each.type === 'Property' && !each.computed && (each.key.name ?? each.key.value) === key,
  )
  return found?.value
}

function numberOf(node: Node, references: References): number | undefined {
  const value = settled(node, references)
  if (value.type === 'UnaryExpression' && value.operator === '-' && typeof value.argument.value === 'number')
    return -value.argument.value
  return value.type === 'Literal' && typeof value.value === 'number' ? value.value : undefined
}

/** The texts an argument is: one in quotes, or a list of such. */
function textsOf(node: Node | undefined, references: References): string[] {
  if (node === undefined) return []
  const value = settled(node, references)
  const list: (Node | null)[] = value.type === 'ArrayExpression' ? value.elements : [value]
  return list.flatMap((each) => {
    const text = each === null ? undefined : settled(each, references)
    return text?.type === 'Literal' && typeof text.value === 'string' ? [text.value] : []
  })
}
