import type { Program } from 'acorn'
import { entryPointOf } from './contract.ts'
import type { EntryPoint } from './strategy.ts'
import { type Node, nodesOf } from './syntax.ts'

/**
 * The entry points of a module by the local name that holds each: exported or plain top-level functions and constants,
 * camelCase before snake_case, `export { f as classifySymbol }` included.
 */
export function entryPointsOf(tree: Program): Map<EntryPoint, string> {
  const found = new Map<EntryPoint, string>()
  const add = (name: string, local: string): void => {
    const entry = entryPointOf(name)
    if (entry !== undefined && (!found.has(entry) || name === entry)) found.set(entry, local)
  }
  for (const statement of tree.body as Node[]) {
    if (statement.type === 'ExportNamedDeclaration' && statement.source === null) {
      for (const specifier of statement.specifiers) add(exportedName(specifier.exported), specifier.local.name)
    }
    const declaration: Node | null = statement.type.startsWith('Export') ? (statement.declaration ?? null) : statement
    if (declaration === null) continue
    if (declaration.type === 'FunctionDeclaration' && declaration.id) add(declaration.id.name, declaration.id.name)
    if (declaration.type === 'VariableDeclaration') {
      for (const { id } of declaration.declarations) if (id.type === 'Identifier') add(id.name, id.name)
    }
  }
  return found
}

function exportedName(node: Node): string {
  return node.type === 'Literal' ? String(node.value) : node.name
}

/** Every identifier the code mentions, whatever it stands for. */
export function mentionedNames(tree: Program): Set<string> {
  const names = new Set<string>()
  for (const node of nodesOf(tree)) if (node.type === 'Identifier') names.add(node.name)
  return names
}
