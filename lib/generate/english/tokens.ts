/**
 * The prompt as tokens. `text` is the canonical form the grammar speaks of; `start` and `end` point into the
 * person's own words, so that whatever is not read can be quoted.
 */
export type TokenKind = 'word' | 'num' | 'pct' | 'mult' | 'money' | 'clock' | 'sym' | 'mark'

export interface Token {
  kind: TokenKind
  text: string
  /** numbers: the value (a percentage as written: 3 for 3%); clock: minutes after midnight */
  value: number
  start: number
  end: number
  /** no space between this token and the one before */
  glued: boolean
  /** for words: as typed */
  raw: string
  /** begins a relative clause: "that" or "which" was left out before it */
  relative?: boolean
  /** a word of no known meaning */
  unknown?: boolean
}

/** Spellings in which punctuation is part of the word; tried before everything else. */
const SPECIAL: readonly [RegExp, string][] = [
  [/(?:s\s?&\s?p|s and p)\s*-?\s*(?:500)?(?![a-z0-9])|sp\s?500(?![a-z0-9])|spx(?![a-z0-9])/iy, 'sp500'],
  [/p\s?\/\s?e(?![a-z])|price\s?\/\s?earnings/iy, 'pe'],
  [/price\s?\/\s?book/iy, 'pb'],
  [/price\s?\/\s?sales/iy, 'pricetosales'],
  [/p\s?\/\s?b(?![a-z])/iy, 'pb'],
  [/w\/o(?![a-z])/iy, 'without'],
  [/w\//iy, 'with'],
  [/y'?day'?s?(?![a-z])/iy, 'yesterday'],
  [/%k(?![a-z])/iy, 'stochk'],
  [/%d(?![a-z])/iy, 'stochd'],
  [/%b(?![a-z])/iy, 'pctb'],
  [/%r(?![a-z])/iy, 'willr'],
  [/\+\s?di(?![a-z])/iy, 'plusdi'],
  [/(?:-|−)\s?di(?![a-z])/iy, 'minusdi'],
  [/d\s?\/\s?e(?![a-z])/iy, 'debttoequity'],
  [/debt\s?\/\s?equity(?![a-z])/iy, 'debttoequity'],
  [/(?:p\s?\/\s?s|ps ratio)(?![a-z])/iy, 'pricetosales'],
  [/ev\s?\/\s?ebit(?![a-z])/iy, 'evtoebit'],
  [/(?:p\s?\/\s?fcf)(?![a-z])/iy, 'pricetofcf'],
  [/\b(?:is|are|was|were|does|do|did|has|have|had|ca|wo|should|would)n['’]?t(?![a-z])/iy, 'not'],
  [/f[\s-]?score(?![a-z])/iy, 'fscore'],
  [/z[\s-]?scores?(?![a-z])/iy, 'zscore'],
  [/12\s?[-–]\s?1(?![\d%])/y, 'twelveone'],
  [/o'clock/iy, 'oclock'],
]

const CLOCK = /(\d{1,2}):(\d\d)\s*(am|pm|a\.m\.|p\.m\.)?(?![a-z\d])|(\d{1,2})(\d\d)?\s?(am|pm|a\.m\.|p\.m\.)(?![a-z])/iy
const NUMBER = /\$?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)/y
const WORD = /[\p{L}][\p{L}]*(?:['’][\p{L}]+)?/uy
const MARKS: readonly [RegExp, string][] = [
  [/-+>|=>|→|⇒/y, 'arrow'],
  [/>=|≥/y, 'gte'],
  [/<=|≤/y, 'lte'],
  [/>/y, 'gt'],
  [/</y, 'lt'],
  [/==?/y, 'eq'],
  [/&|\+/y, '+'],
  [/[%]/y, '%'],
  [/[×*]/y, 'x'],
  [/[([]/y, 'lp'],
  [/[)\]]/y, 'rp'],
  [/(?<=\d%?)–(?=\$?\d)/y, 'to'],
  [/[–—]/y, ','],
  [/[?!]/y, '.'],
  [/[,;:/.]/y, ''],
]

function readAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** Splits a prompt into tokens; every character that is not white space, a quote or a hyphen inside words is in one. */
export function scan(prompt: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const push = (kind: TokenKind, text: string, length: number, value = Number.NaN) => {
    const last = tokens.at(-1)
    const raw = prompt.slice(at, at + length)
    tokens.push({ kind, text, value, start: at, end: at + length, glued: last !== undefined && last.end === at, raw })
    at += length
  }
  reading: while (at < prompt.length) {
    const letter = prompt[at]
    if (/[\s"“”‘’'`]/.test(letter)) {
      at++
      continue
    }
    const cash = /\$[A-Za-z]{1,5}(?![A-Za-z])/y
    const cashtag = readAt(cash, prompt, at)
    if (cashtag) {
      push('sym', cashtag[0].slice(1).toUpperCase(), cashtag[0].length)
      continue
    }
    const inWord = at > 0 && /[\p{L}\d]/u.test(prompt[at - 1])
    if (!inWord || /[%+\-−]/.test(letter)) {
      for (const [pattern, text] of SPECIAL) {
        // %d after a number is "percent d...", never the stochastic line
        if (letter === '%' && /\d/.test(prompt[at - 1] ?? '')) break
        const found = readAt(pattern, prompt, at)
        if (found) {
          push('word', text, found[0].length)
          continue reading
        }
      }
    }
    const clock = inWord ? null : readAt(CLOCK, prompt, at)
    if (clock) {
      const half = (clock[3] ?? clock[6] ?? '').toLowerCase()[0]
      const hour = Number(clock[1] ?? clock[4])
      const minute = Number(clock[2] ?? clock[5] ?? 0)
      // the session runs from 09:30 to 16:00: 1:30 without am or pm is the afternoon
      const shift = half === 'p' ? (hour < 12 ? 12 : 0) : half === 'a' ? 0 : hour < 4 ? 12 : 0
      if (hour < 24 && minute < 60) {
        push('clock', 'clock', clock[0].length, (hour + shift) * 60 + minute)
        continue
      }
    }
    const number = readAt(NUMBER, prompt, at)
    if (number) {
      const value = Number(number[0].replace(/[$,]/g, ''))
      push(number[0][0] === '$' ? 'money' : 'num', number[0][0] === '$' ? 'money' : 'num', number[0].length, value)
      continue
    }
    const word = readAt(WORD, prompt, at)
    if (word) {
      const plain = word[0]
        .toLowerCase()
        .replace(/['’]s$/, '')
        .replace(/['’]/g, '')
      push('word', plain, word[0].length)
      continue
    }
    if (letter === '-' || letter === '−') {
      const next = prompt[at + 1] ?? ''
      if (!inWord && /[\d.]/.test(next) && /[\s(,<>=]|^$/.test(prompt[at - 1] ?? '')) {
        const size = readAt(NUMBER, prompt, at + 1)
        if (size) {
          push('num', 'num', 1 + size[0].length, -Number(size[0].replace(/[$,]/g, '')))
          continue
        }
      }
      if (/\d/.test(prompt[at - 1] ?? '') && /[\d$.]/.test(next)) {
        // "2-5%", "50-70": a range
        push('word', 'to', 1)
        continue
      }
      if (next !== '>' && next !== '-') {
        // a hyphen inside a compound is a space; alone it separates like a comma
        if (/\s/.test(next) && /\s/.test(prompt[at - 1] ?? '')) push('mark', ',', 1)
        else at++
        continue
      }
    }
    for (const [pattern, text] of MARKS) {
      const found = readAt(pattern, prompt, at)
      if (found) {
        push('mark', text || found[0], found[0].length)
        continue reading
      }
    }
    push('word', letter, prompt.codePointAt(at)! > 0xffff ? 2 : 1)
  }
  return tokens
}
