import { keepable } from '../../sandbox/module-state.ts'
import { checkModule } from '../../strategy/checks.ts'
import { resolveNames } from '../../strategy/scopes.ts'
import { type Node, parseModule } from '../../strategy/syntax.ts'

/** What a module could carry from one bar to the next, and what it is seen to write. */
export interface KeptState {
  /** names of module level that could hold something; the module is then started afresh for every bar */
  could_keep: string[]
  /** those of them that the code changes from inside a call */
  writes: string[]
}

const OUTLIVES = /^(\S+) lives outside the call/

/** Reads the code; a module in which nothing can be kept, or that does not parse, has none. */
export function stateOf(code: string): KeptState {
  const parsed = parseModule(code)
  if ('finding' in parsed) return { could_keep: [], writes: [] }
  const { tree } = parsed
  const references = resolveNames(tree)
  const writes = checkModule(tree, references).flatMap(({ reason }) => OUTLIVES.exec(reason)?.[1] ?? [])
  if (keepable(tree, references) !== null) return { could_keep: [], writes: unique(writes) }
  const uncertain = (tree.body as Node[]).filter(
    (statement) => keepable({ ...tree, body: [statement] } as typeof tree, references) === null,
  )
  // A function is uncertain for what it writes to, which is named itself.
  const holders = uncertain.filter((statement) => declaredIn(statement).type !== 'FunctionDeclaration')
  const named = holders.length > 0 ? holders : uncertain
  return { could_keep: unique(named.flatMap(namesOf)), writes: unique(writes) }
}

const declaredIn = (statement: Node): Node =>
  statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement

function namesOf(statement: Node): string[] {
  const declared = declaredIn(statement)
  if (declared.type === 'VariableDeclaration')
    return declared.declarations.map(({ id }: Node) => (id.type === 'Identifier' ? id.name : 'a pattern of names'))
  return [declared.id?.name ?? 'a statement at module level']
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort()
