import { AppError } from '../core/errors.ts'
import type { RuleClauses } from '../strategy/strategy.ts'
import type { Rule } from './ast.ts'
import { closest } from './names.ts'
import { MAX_TEXT } from './tokens.ts'

export type ClauseKey = keyof RuleClauses

interface ClauseForm {
  /** the name in text */
  readonly name: string
  /** how a value reads; absent: an expression, judged by the parser */
  readonly valid?: (text: string) => boolean
  readonly expected?: string
  readonly numeric?: true
}

const oneOf = (name: string, ...values: string[]): ClauseForm => ({
  name,
  valid: (text) => values.includes(text),
  expected: values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`,
})

const whole = (name: string, least: number): ClauseForm => ({
  name,
  valid: (text) => /^\d{1,9}$/.test(text) && Number(text) >= least,
  expected: `a whole number >= ${least}`,
  numeric: true,
})

/** Every clause in the order a rule is printed, by its JSON key. */
export const CLAUSES: Readonly<Record<ClauseKey, ClauseForm>> = {
  timeframe: oneOf('TF', '1d', '1h', '15m', '5m', '1m'),
  at: {
    name: 'AT',
    valid: (text) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text),
    expected: 'a New York time such as 09:25',
  },
  fill: oneOf('FILL', 'next_open', 'close'),
  universe: { name: 'UNIVERSE' },
  signal: { name: 'SIGNAL' },
  short: { name: 'SHORT' },
  rebalance: oneOf('REBALANCE', 'month', 'week'),
  exit: { name: 'EXIT' },
  stop: { name: 'STOP' },
  target: { name: 'TARGET' },
  stop_after_target: { name: 'STOP_AFTER_TARGET' },
  trail: { name: 'TRAIL' },
  flat: oneOf('FLAT', 'close'),
  maxpos: whole('MAXPOS', 1),
  cooldown: whole('COOLDOWN', 0),
  once: oneOf('ONCE', 'session'),
  size: { name: 'SIZE' },
  pair: {
    name: 'PAIR',
    valid: (text) => /^[A-Za-z0-9][A-Za-z0-9.^-]{0,15}$/.test(text),
    expected: "one symbol, such as 'PEP'",
  },
  rank: { name: 'RANK' },
  limit: whole('LIMIT', 1),
  fire: oneOf('FIRE', 'edge', 'session'),
}

const KEYS = Object.keys(CLAUSES) as ClauseKey[]
const KEY_OF = new Map<string, ClauseKey>([
  ...KEYS.map((key): [string, ClauseKey] => [key, key]),
  ...KEYS.map((key): [string, ClauseKey] => [CLAUSES[key].name.toLowerCase(), key]),
])
const HEAD = /^\s*([A-Za-z_]+)\s*:/

/** The clauses of a rule's text; a text without clause names is the SIGNAL. Expressions are not parsed here. Throws `bad_rule`. */
export function ruleClausesOf(text: string): RuleClauses {
  if (text.length > MAX_TEXT)
    throw new AppError('bad_rule', `The rule has ${text.length} characters; it may have ${MAX_TEXT}.`)
  if (text.trim() === '') throw new AppError('bad_rule', 'The rule is empty. Write for example: SIGNAL: close > open')
  if (!HEAD.test(text)) return { signal: tidyText(text) }
  const clauses: RuleClauses = {}
  for (const part of separate(text)) {
    const head = HEAD.exec(part.text)
    if (head === null)
      throw new AppError(
        'bad_rule',
        `Line ${part.line}: "${part.text.trim().slice(0, 40)}" does not begin with a clause name such as SIGNAL: or EXIT:.`,
        { line: part.line },
      )
    const key = clauseKey(head[1]!, part.line)
    const name = CLAUSES[key].name
    if (clauses[key] !== undefined)
      throw new AppError('bad_rule', `Line ${part.line}: ${name} stands twice.`, { line: part.line, clause: name })
    Object.assign(clauses, { [key]: clauseValue(key, tidyText(part.text.slice(head[0].length)), part.line) })
  }
  return clauses
}

function clauseKey(written: string, line: number): ClauseKey {
  const key = KEY_OF.get(written.toLowerCase())
  if (key !== undefined) return key
  const names = KEYS.map((known) => CLAUSES[known].name)
  const near = closest(written, names)
  throw new AppError(
    'bad_rule',
    `Line ${line}: unknown clause "${written}".${near === undefined ? ` The clauses are ${names.join(', ')}.` : ` Did you mean ${near}?`}`,
    { line, found: written, hint: near },
  )
}

function clauseValue(key: ClauseKey, text: string, line: number): string | number {
  const { name, valid, expected, numeric } = CLAUSES[key]
  if (text === '') throw new AppError('bad_rule', `Line ${line}: ${name} is empty.`, { line, clause: name })
  const bare = key === 'pair' ? text.replace(/^'(.*)'$/, '$1') : text
  if (valid !== undefined && !valid(bare))
    throw new AppError('bad_rule', `Line ${line}: ${name}: found "${text.slice(0, 40)}", expected ${expected}.`, {
      line,
      clause: name,
    })
  return numeric ? Number(bare) : bare
}

/** Splits at line ends and at `;` outside strings; empty parts are left out. */
function separate(text: string): { text: string; line: number }[] {
  const parts: { text: string; line: number }[] = []
  for (const [i, row] of text.split(/\r\n|\r|\n/).entries()) {
    let quoted = false
    let from = 0
    for (let at = 0; at <= row.length; at++) {
      if (row[at] === "'") quoted = !quoted
      if (at < row.length && (quoted || row[at] !== ';')) continue
      if (row.slice(from, at).trim() !== '') parts.push({ text: row.slice(from, at), line: i + 1 })
      from = at + 1
    }
  }
  return parts
}

/** Trims, and makes every run of white space outside strings one blank, so that a clause fits on its line. */
export function tidyText(text: string): string {
  return text
    .split(/('[^'\n\r\u2028\u2029]*')/)
    .map((piece, i) => (i % 2 === 1 ? piece : piece.replace(/\s+/g, ' ')))
    .join('')
    .trim()
}

/** The readable text of a rule, one clause a line; parsing it gives the same rule. */
export function printRule(rule: Rule | RuleClauses): string {
  const clauses: RuleClauses = 'clauses' in rule ? rule.clauses : rule
  const lines: string[] = []
  for (const key of KEYS) {
    const value = clauses[key]
    if (value === undefined) continue
    const text = key === 'pair' ? `'${value}'` : typeof value === 'string' ? tidyText(value) : String(value)
    lines.push(`${CLAUSES[key].name}: ${text}`)
  }
  return lines.join('\n')
}
