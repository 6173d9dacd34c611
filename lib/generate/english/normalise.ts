import { NUMBER_WORDS, readNumbers } from './numbers.ts'
import { corrected } from './spelling.ts'
import { scan, type Token } from './tokens.ts'
import { CANONICAL, COMPOUNDS, NO_SYMBOLS, SILENT } from './words.ts'

/** Index and sector funds people write in small letters. */
const KNOWN_SYMBOLS = new Set('spy qqq iwm dia xlk xlf xlv xle xli xly xlp xlu xlb xlre xlc'.split(' '))

/** Large companies by name. */
const COMPANY_NAMES: Readonly<Record<string, string>> = {
  apple: 'AAPL',
  microsoft: 'MSFT',
  tesla: 'TSLA',
  nvidia: 'NVDA',
  amazon: 'AMZN',
  google: 'GOOGL',
  alphabet: 'GOOGL',
  facebook: 'META',
  netflix: 'NFLX',
  pepsi: 'PEP',
  pepsico: 'PEP',
  boeing: 'BA',
  disney: 'DIS',
  walmart: 'WMT',
  intel: 'INTC',
}

export interface Normalised {
  tokens: Token[]
  /** what was corrected, said back */
  notes: string[]
}

/** Stems of an inflected form, likeliest first. */
function stems(word: string): string[] {
  const out: string[] = []
  for (const ending of ['s', 'es', 'ed', 'd', 'ing', 'ly'])
    if (word.length > ending.length + 2 && word.endsWith(ending)) {
      const stem = word.slice(0, -ending.length)
      out.push(stem)
      if (ending === 'ing' || ending === 'ed') {
        out.push(`${stem}e`)
        if (stem.at(-1) === stem.at(-2)) out.push(stem.slice(0, -1))
      }
    }
  return out
}

interface Lexicon {
  known: (word: string) => boolean
  /** words a slip may stand for, by their first letter */
  content: ReadonlyMap<string, readonly string[]>
}
const lexicons = new WeakMap<ReadonlySet<string>, Lexicon>()

function lexicon(vocabulary: ReadonlySet<string>): Lexicon {
  let found = lexicons.get(vocabulary)
  if (!found) {
    const all = new Set([...vocabulary, ...CANONICAL.keys(), ...NUMBER_WORDS, ...COMPOUNDS.flatMap(([words]) => words)])
    found = {
      known: (word) => all.has(word) || SILENT.has(word),
      content: byLetter([...all].filter((word) => word.length >= 5 && !SILENT.has(word))),
    }
    lexicons.set(vocabulary, found)
  }
  return found
}

function byLetter(words: readonly string[]): Map<string, string[]> {
  const map = new Map<string, string[]>()
  for (const word of words) map.set(word[0], [...(map.get(word[0]) ?? []), word])
  return map
}

/** The prompt as canonical tokens: spellings folded, slips corrected (and named), numbers read, words without meaning left out. */
export function normalise(prompt: string, vocabulary: ReadonlySet<string>): Normalised {
  const notes: string[] = []
  const scanned = scan(prompt)
  const letters = prompt.replace(/[^\p{L}]/gu, '')
  const shouting = letters.length > 8 && letters === letters.toUpperCase()
  const { known, content } = lexicon(vocabulary)
  const upper = new Set<string>()
  for (const token of scanned)
    if (
      !shouting &&
      token.kind === 'word' &&
      /^[A-Z]{2,5}$/.test(token.raw) &&
      !known(token.text) &&
      !NO_SYMBOLS.has(token.text)
    )
      upper.add(token.text)
  const folded = scanned.map((token): Token => {
    if (token.kind !== 'word') return token
    const word = token.text
    if (CANONICAL.has(word)) return { ...token, text: CANONICAL.get(word)! }
    if (KNOWN_SYMBOLS.has(word) || upper.has(word)) return { ...token, kind: 'sym', text: word.toUpperCase() }
    if (word in COMPANY_NAMES && /^\p{Lu}/u.test(token.raw)) {
      notes.push(`"${token.raw}" is read as the symbol ${COMPANY_NAMES[word]}`)
      return { ...token, kind: 'sym', text: COMPANY_NAMES[word] }
    }
    if (known(word)) return { ...token }
    const stem = stems(word).find((one) => known(one) && one.length > 2)
    if (stem) return { ...token, text: CANONICAL.get(stem) ?? stem }
    const right = corrected(word, content)
    if (!right) return { ...token, unknown: true }
    notes.push(`"${token.raw}" is read as "${right}"`)
    return { ...token, text: CANONICAL.get(right) ?? right }
  })
  // "by stocks over ..." at the head of a clause is a slip for "buy"
  folded.forEach((token, at) => {
    const before = folded[at - 1]
    if (token.kind === 'word' && token.text === 'by' && (!before || /^(arrow|:|;|\.)$/.test(before.text))) {
      notes.push(`"${token.raw}" is read as "buy"`)
      token.text = 'buy'
    }
  })
  const counted = readNumbers(folded)
  const spoken = counted.filter((token, at) => {
    const before = counted[at - 1]
    if (before?.kind === 'word' && /^(that|which|who|whose)$/.test(before.text)) token.relative = true
    else if (before?.relative && SILENT.has(before.text)) token.relative = true
    return token.kind !== 'word' || !SILENT.has(token.text)
  })
  // "any of the three" leaves two prepositions beside each other
  const single = spoken.filter((token, at) => !(token.text === 'of' && spoken[at - 1]?.text === 'of'))
  return { tokens: compounds(single), notes }
}

/** Several words that are one word of the grammar become one token. */
function compounds(tokens: readonly Token[]): Token[] {
  const out: Token[] = []
  for (let at = 0; at < tokens.length; at++) {
    const found = COMPOUNDS.find(
      ([words]) =>
        words.length <= tokens.length - at &&
        words.every((word, index) => tokens[at + index].kind === 'word' && tokens[at + index].text === word),
    )
    if (!found) {
      out.push(tokens[at])
      continue
    }
    const last = tokens[at + found[0].length - 1]
    out.push({ ...tokens[at], text: found[1], end: last.end })
    at += found[0].length - 1
  }
  // "50-day simple moving average" after "moving average" became one word, and the like
  return out.length < tokens.length ? compounds(out) : out
}
