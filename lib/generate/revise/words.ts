/** A change as it is said: tidied, its numbers in digits, cut into single changes. */
import { readNumbers } from '../english/numbers.ts'
import { scan } from '../english/tokens.ts'

/** A number as it was said. */
export interface SaidNumber {
  value: number
  kind: 'plain' | 'percent' | 'times' | 'money'
  text: string
}

const SYMBOL = { pct: '%', mult: 'x' } as const

/** Numbers in words become digits, so that one form of them is to be read: "five percent" is "5%". */
export function inDigits(words: string): string {
  let text = ''
  let at = 0
  for (const token of readNumbers(scan(words))) {
    if (token.kind !== 'num' && token.kind !== 'pct' && token.kind !== 'mult' && token.kind !== 'money') continue
    // "double" is no number to set something to.
    if (token.kind === 'mult' && !/\d/.test(words.slice(token.start, token.end))) continue
    const sign = token.kind === 'pct' || token.kind === 'mult' ? SYMBOL[token.kind] : ''
    text += `${words.slice(at, token.start)}${token.kind === 'money' ? '$' : ''}${token.value}${sign}`
    at = token.end
  }
  return text + words.slice(at)
}

const POLITE =
  /^(?:please|now|ok(?:ay)?|but|and|then|can you|could you|would you|i want to|i'd like to|let's|lets|just)[\s,]+/i
const VERBS =
  'change|make|set|raise|lower|increase|decrease|reduce|move|adjust|tighten|widen|loosen|use|replace|swap|switch|add|require|drop|remove|delete|ignore|skip|only|exit|sell|close|hold|rank|sort|order|top|limit|rebalance|exclude|buy|trail|take|no'
const CUT = new RegExp(
  `\\s*(?:[;\\n]|\\.(?=\\s|$)|,?\\s+(?:and|then)\\s+(?:then\\s+|also\\s+)?(?=(?:${VERBS})\\b)|,\\s*(?=(?:${VERBS})\\b))\\s*`,
  'i',
)

/** The single changes of what was said, in order. */
export function singleChanges(said: string): string[] {
  return inDigits(said.replace(/[’]/g, "'"))
    .split(CUT)
    .map(tidied)
    .filter((change) => change !== '')
}

function tidied(change: string): string {
  let text = change
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[.!,;:]+$/, '')
    .replace(/\s+please$/i, '')
  for (let shorter = text.replace(POLITE, ''); shorter !== text; shorter = text.replace(POLITE, '')) text = shorter
  return text
}

export const NUMBER = String.raw`\$?\d+(?:\.\d+)?(?:%|x\b)?`

export function saidNumber(text: string): SaidNumber {
  const value = Number(text.replace(/[$%x]/g, ''))
  const kind = text.startsWith('$') ? 'money' : text.endsWith('%') ? 'percent' : text.endsWith('x') ? 'times' : 'plain'
  return { value, kind, text }
}

export const numbersIn = (text: string): SaidNumber[] =>
  [...text.matchAll(new RegExp(`(?<![\\w.])${NUMBER}`, 'g'))].map(([found]) => saidNumber(found))

/** Words that name no condition. */
const EMPTY = new Set(
  `the a an my our this that these those its it to of for in on at by with from as be is are was condition conditions filter filters rule rules
  requirement requirements criterion criteria clause clauses part check test threshold thresholds level limit cutoff cut-off value number instead
  one ones please current existing old new any all both everywhere only just day days after when if is session sessions bar bars trading`.split(
    /\s+/,
  ),
)

/** The words of a text that say what is meant, in their plain form; numbers among them. */
export function contentWords(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/p\s?\/\s?([eb])\b/g, 'p$1')
    .split(/[^a-z0-9.%$]+/)
    .map((word) => word.replace(/^[.$]+|[.%]+$/g, ''))
    .filter((word) => word !== '' && !EMPTY.has(word))
    .map(stem)
}

export const stem = (word: string): string =>
  /^[a-z]{4,}s$/.test(word) && !word.endsWith('ss') ? word.slice(0, -1) : word
