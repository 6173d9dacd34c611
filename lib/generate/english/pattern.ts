/**
 * The notation the grammar is written in. Words stand for tokens of that canonical text, `[x]` may be left out,
 * `(a|b c)` are alternatives, `<name>` is a rule of that name and `<name:key>` keeps its meaning under `key`.
 */
export type Node =
  | { is: 'word'; word: string }
  | { is: 'rule'; name: string; key: string | null }
  | { is: 'sequence'; items: Node[] }
  | { is: 'choice'; items: Node[] }
  | { is: 'optional'; item: Node }

/** Reads one pattern; throws on a malformed one (patterns are part of the program). */
export function compile(pattern: string): Node {
  const parts = pattern.match(/<[^>]+>|[()[\]|]|[^\s()[\]|<>]+/g) ?? []
  let at = 0
  const sequence = (): Node => {
    const items: Node[] = []
    while (at < parts.length && !')]|'.includes(parts[at])) {
      const part = parts[at++]
      if (part === '(' || part === '[') {
        const inner = choice()
        if (parts[at++] !== (part === '(' ? ')' : ']')) throw new Error(`pattern not closed: ${pattern}`)
        items.push(part === '(' ? inner : { is: 'optional', item: inner })
      } else if (part[0] === '<') {
        const [name, key] = part.slice(1, -1).split(':')
        items.push({ is: 'rule', name, key: key ?? null })
      } else items.push({ is: 'word', word: part })
    }
    return items.length === 1 ? items[0] : { is: 'sequence', items }
  }
  const choice = (): Node => {
    const items = [sequence()]
    while (parts[at] === '|') {
      at++
      items.push(sequence())
    }
    return items.length === 1 ? items[0] : { is: 'choice', items }
  }
  const node = choice()
  if (at < parts.length) throw new Error(`pattern not read to its end: ${pattern}`)
  return node
}

/** Every word a pattern names: they are the vocabulary spelling is corrected to. */
export function wordsOf(node: Node, into: Set<string>): void {
  if (node.is === 'word') into.add(node.word)
  else if (node.is === 'optional') wordsOf(node.item, into)
  else if (node.is !== 'rule') for (const item of node.items) wordsOf(item, into)
}
