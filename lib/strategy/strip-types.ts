import { getLineInfo } from 'acorn'
import type { Finding } from './syntax.ts'

/** The compiler tries readings of what stands in brackets, some of them twice at every depth: as many nodes for each character. */
const MOST_NODES = 16

/** Removes TypeScript's types, leaving blanks: every other character keeps its line and column. Loads the compiler when first used. */
export async function stripTypes(source: string): Promise<{ code: string } | { finding: Finding }> {
  const [{ default: typescript }, { blankSourceFile }] = await Promise.all([
    import('typescript'),
    import('ts-blank-space'),
  ])
  const { ESNext } = typescript.ScriptTarget
  const languages = { languageVersion: ESNext, jsDocParsingMode: typescript.JSDocParsingMode.ParseNone }
  const file = counted(typescript as unknown as Compiler, MOST_NODES * (source.length + 100), () =>
    typescript.createSourceFile('strategy.ts', source, languages, false, typescript.ScriptKind.TS),
  )
  if (file === undefined) return found(0, 'These types take too long to read; write the code as plain JavaScript.')
  let offset = -1
  let kept = ''
  const code = blankSourceFile(file, (node) => {
    if (offset >= 0) return
    // Trees come without parents here: the node's text starts after the blanks at its position.
    const text = source.slice(node.pos, node.end)
    offset = node.pos + text.length - text.trimStart().length
    kept = text.trim().slice(0, 40)
  })
  if (offset < 0) return { code }
  return found(offset, `TypeScript that leaves code behind is not accepted: ${kept}. Write it as JavaScript.`)

  function found(at: number, reason: string): { finding: Finding } {
    const { line, column } = getLineInfo(source, at)
    return { finding: { line, column: column + 1, reason } }
  }
}

type Make = new (kind: number, pos: number, end: number) => object
type Kind = 'Node' | 'Token' | 'Identifier' | 'PrivateIdentifier'
type Allocator = Record<`get${Kind}Constructor`, () => Make>

/** What the compiler takes the makers of its nodes from; not part of its published types. */
interface Compiler {
  objectAllocator: Allocator
  setObjectAllocator(allocator: Allocator): void
}

class TooManyNodes extends Error {}

/** What a parse returns; undefined when it makes more nodes than that. */
function counted<Tree>(compiler: Compiler, most: number, parse: () => Tree): Tree | undefined {
  const usual = { ...compiler.objectAllocator }
  let left = most
  const counting = (make: Make): (() => Make) => {
    class Counted {
      constructor(kind: number, pos: number, end: number) {
        if (--left < 0) throw new TooManyNodes()
        // biome-ignore lint/correctness/noConstructorReturn: the node is the compiler's own
        return new make(kind, pos, end)
      }
    }
    return () => Counted
  }
  compiler.setObjectAllocator({
    ...usual,
    getNodeConstructor: counting(usual.getNodeConstructor()),
    getTokenConstructor: counting(usual.getTokenConstructor()),
    getIdentifierConstructor: counting(usual.getIdentifierConstructor()),
  })
  try {
    return parse()
  } catch (error) {
    if (error instanceof TooManyNodes) return undefined
    throw error
  } finally {
    compiler.setObjectAllocator(usual)
  }
}
