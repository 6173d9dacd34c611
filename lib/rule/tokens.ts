import { AppError } from '../core/errors.ts'

/** Longest text of one expression or rule, in characters. */
export const MAX_TEXT = 20_000

export type TokenKind = 'number' | 'string' | 'name' | 'symbol' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** as written; a string without its quotes; '' at the end */
  readonly text: string
  /** offset of the first character */
  readonly at: number
}

const PATTERN =
  /(?<space>\s+)|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<string>'[^'\n\r\u2028\u2029]*')|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<symbol><=|>=|==|!=|[<>+\-*/%()[\],])/uy

/** What people write from other languages, and what is meant here. */
const HABITS: readonly [RegExp, string][] = [
  [/^&&?/, 'write "and"'],
  [/^\|\|?/, 'write "or"'],
  [/^!/, 'write "not"'],
  [/^=/, 'write "==" to compare'],
  [/^<>/, 'write "!="'],
  [/^["`“”]/, "write strings in single quotes: 'SPY'"],
  [/^[‘’]/, "write strings in straight single quotes: 'SPY'"],
  [/^'/, "the string is not closed by a second '"],
  [/^\$/, 'write the number without a currency sign'],
  [/^(\^|\*\*)/, 'there are no powers: multiply'],
  [/^[×]/, 'write "*"'],
  [/^[≥]/, 'write ">="'],
  [/^[≤]/, 'write "<="'],
]

/** Throws `bad_rule` with the 1-based column; `details` keeps the position and whatever else is known. */
export function ruleError(message: string, at: number, details: Record<string, unknown> = {}): never {
  throw new AppError('bad_rule', `Column ${at + 1}: ${message}`, { position: at + 1, ...details })
}

/** Splits a text of the rule language into tokens, the last of kind `end`; throws `bad_rule` at a character outside it. */
export function tokenize(text: string): Token[] {
  if (text.length > MAX_TEXT)
    throw new AppError(
      'bad_rule',
      `The text has ${text.length} characters; a rule may have ${MAX_TEXT}. Shorten it or split it into several strategies.`,
      { position: MAX_TEXT + 1, length: text.length, limit: MAX_TEXT },
    )
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    PATTERN.lastIndex = at
    const groups = PATTERN.exec(text)?.groups
    if (groups === undefined) return unknownCharacter(text, at)
    const end = PATTERN.lastIndex
    if (groups.number !== undefined) tokens.push({ kind: 'number', text: groups.number, at })
    else if (groups.string !== undefined) tokens.push({ kind: 'string', text: groups.string.slice(1, -1), at })
    else if (groups.name !== undefined) tokens.push({ kind: 'name', text: groups.name, at })
    else if (groups.symbol !== undefined) tokens.push({ kind: 'symbol', text: groups.symbol, at })
    at = end
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

function unknownCharacter(text: string, at: number): never {
  const rest = text.slice(at, at + 4)
  const habit = HABITS.find(([pattern]) => pattern.test(rest))
  const found = String.fromCodePoint(text.codePointAt(at)!)
  const why = habit === undefined ? 'this character is not part of the rule language' : habit[1]
  return ruleError(`found ${JSON.stringify(found)}; ${why}.`, at, { found, hint: why })
}

/** A token as an error message shows it. */
export function shown(token: Token): string {
  if (token.kind === 'end') return 'the end'
  if (token.kind === 'string') return `'${token.text}'`
  return JSON.stringify(token.text)
}
