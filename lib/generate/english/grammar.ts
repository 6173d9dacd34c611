import { compile, type Node, wordsOf } from './pattern.ts'
import type { Token } from './tokens.ts'

/** What the named parts of a matched pattern mean, and where it stood. */
export class Match {
  readonly start: number
  readonly end: number
  private readonly kept: Kept | null

  constructor(start: number, end: number, kept: Kept | null) {
    this.start = start
    this.end = end
    this.kept = kept
  }

  /** The meaning kept under `key`, or undefined when that part was left out. */
  maybe<T>(key: string): T | undefined {
    for (let one = this.kept; one; one = one.next) if (one.key === key) return one.value as T
    return undefined
  }

  /** The meaning kept under `key`, which the pattern always has. */
  of<T>(key: string): T {
    return this.maybe<T>(key) as T
  }

  /** Every meaning kept under `key`, in the order of the words. */
  every<T>(key: string): T[] {
    const found: T[] = []
    for (let one = this.kept; one; one = one.next) if (one.key === key) found.unshift(one.value as T)
    return found
  }
}

interface Kept {
  key: string
  value: unknown
  next: Kept | null
}

interface Rule {
  node: Node
  first: Set<string> | null
  cost: number
  mean: (match: Match, tokens: readonly Token[]) => unknown
}

export interface Parse {
  end: number
  value: unknown
  cost: number
}

const KINDS: ReadonlySet<string> = new Set(['num', 'pct', 'mult', 'money', 'clock', 'sym'])

/** Lists of more members are not read as one phrase: reading time stays linear in the prompt. */
const MOST_MEMBERS = 8

/** A set of named rules over tokens. */
export class Grammar {
  private readonly rules = new Map<string, Rule[]>()
  private readonly firsts = new Map<string, Set<string> | null>()
  /** by name and token: the rules that can begin with it */
  private readonly beginning = new Map<string, Map<string, readonly Rule[]>>()

  /** Adds one reading of `name`; a meaning of undefined rejects the match. Costs break ties between readings of the same words. */
  rule(name: string, pattern: string, mean: Rule['mean'], cost = 0): void {
    const list = this.rules.get(name) ?? []
    list.push({ node: compile(pattern), first: null, cost, mean })
    this.rules.set(name, list)
  }

  /** Adds a list of one or more `member`s as `name`, its meaning an array; only the separators given join members. */
  list(name: string, member: string, separators: string): void {
    this.rule(name, `<${member}:one> (${separators}) <${name}:rest>`, (m) => {
      const rest = m.of<unknown[]>('rest')
      return rest.length < MOST_MEMBERS ? [m.of('one'), ...rest] : undefined
    })
    this.rule(name, `<${member}:one>`, (m) => [m.of('one')])
  }

  vocabulary(): Set<string> {
    const words = new Set<string>()
    for (const list of this.rules.values()) for (const rule of list) wordsOf(rule.node, words)
    return words
  }

  rulesOf(name: string): readonly Rule[] {
    const list = this.rules.get(name)
    if (!list) throw new Error(`no grammar rule named ${name}`)
    return list
  }

  /** The token keys a rule can begin with; null when it can match nothing at all (then it is tried everywhere). */
  firstOf(name: string): Set<string> | null {
    const known = this.firsts.get(name)
    if (known !== undefined) return known
    this.firsts.set(name, new Set())
    const all = new Set<string>()
    let open = false
    for (const rule of this.rulesOf(name)) {
      const first = new Set<string>()
      const nullable = this.begin(rule.node, first)
      rule.first = nullable ? null : first
      if (nullable) open = true
      for (const key of first) all.add(key)
    }
    const result = open ? null : all
    this.firsts.set(name, result)
    return result
  }

  /** The rules of a name that can begin with a token, in the order declared; those that can be empty are always among them. */
  rulesAt(name: string, token: Token | undefined): readonly Rule[] {
    let row = this.beginning.get(name)
    if (!row) this.beginning.set(name, (row = new Map()))
    const key = token ? `${token.kind} ${token.text}` : ''
    let found = row.get(key)
    if (!found) {
      this.firstOf(name)
      const begins = ({ first }: Rule) =>
        first === null || (token !== undefined && (first.has(`=${token.text}`) || first.has(token.kind)))
      found = this.rulesOf(name).filter(begins)
      // symbols and numbers come in any number: they are not kept
      if (token?.kind !== 'sym') row.set(key, found)
    }
    return found
  }

  private begin(node: Node, into: Set<string>): boolean {
    switch (node.is) {
      case 'word':
        into.add(`=${node.word}`)
        return false
      case 'optional':
        this.begin(node.item, into)
        return true
      case 'choice': {
        let nullable = false
        for (const item of node.items) nullable = this.begin(item, into) || nullable
        return nullable
      }
      case 'sequence':
        for (const item of node.items) if (!this.begin(item, into)) return false
        return true
      case 'rule': {
        if (KINDS.has(node.name)) {
          into.add(node.name)
          return false
        }
        const first = this.firstOf(node.name)
        for (const key of first ?? []) into.add(key)
        return first === null
      }
    }
  }

  reader(tokens: readonly Token[]): Reader {
    return new Reader(this, tokens)
  }
}

/** Reads one list of tokens; remembers what every rule found at every place. */
export class Reader {
  private readonly memo = new Map<string, (Parse[] | undefined)[]>()
  private readonly grammar: Grammar
  readonly tokens: readonly Token[]

  constructor(grammar: Grammar, tokens: readonly Token[]) {
    this.grammar = grammar
    this.tokens = tokens
  }

  /** All readings of a rule at a place: the cheapest one for each end (the first declared among equals). */
  parse(name: string, at: number): Parse[] {
    const token = this.tokens[at]
    if (KINDS.has(name)) {
      if (token?.kind !== name) return []
      return [{ end: at + 1, value: name === 'sym' ? token.text : token.value, cost: 0 }]
    }
    let row = this.memo.get(name)
    if (!row) this.memo.set(name, (row = []))
    const known = row[at]
    if (known) return known
    row[at] = []
    const found: Parse[] = []
    for (const rule of this.grammar.rulesAt(name, token))
      this.walk(rule.node, at, null, (end, kept) => {
        const before = found.find((one) => one.end === end)
        if (before && before.cost <= rule.cost) return
        const value = rule.mean(new Match(at, end, kept), this.tokens)
        if (value === undefined) return
        if (before) Object.assign(before, { value, cost: rule.cost })
        else found.push({ end, value, cost: rule.cost })
      })
    row[at] = found
    return found
  }

  private walk(node: Node, at: number, kept: Kept | null, then: (end: number, kept: Kept | null) => void): void {
    switch (node.is) {
      case 'word': {
        const token = this.tokens[at]
        if (token && token.text === node.word && !KINDS.has(token.kind)) then(at + 1, kept)
        return
      }
      case 'optional':
        this.walk(node.item, at, kept, then)
        then(at, kept)
        return
      case 'choice':
        for (const item of node.items) this.walk(item, at, kept, then)
        return
      case 'sequence':
        this.walkItems(node.items, 0, at, kept, then)
        return
      case 'rule':
        for (const one of this.parse(node.name, at)) {
          if (one.end === at && node.key === null) continue
          then(one.end, node.key === null ? kept : { key: node.key, value: one.value, next: kept })
        }
    }
  }

  private walkItems(
    items: readonly Node[],
    index: number,
    at: number,
    kept: Kept | null,
    then: (end: number, kept: Kept | null) => void,
  ): void {
    if (index === items.length) then(at, kept)
    else this.walk(items[index], at, kept, (end, next) => this.walkItems(items, index + 1, end, next, then))
  }
}
