/** What phrases mean: values and conditions as text of the rule language, for daily and for intraday bars. */
export type Op = '<' | '<=' | '>' | '>=' | '=='

/** How numbers compared with a value are read. */
export type Dimension =
  /** a price of the symbol, split-adjusted */
  | 'price'
  /** shares traded */
  | 'volume'
  /** a plain number: an oscillator, a ratio */
  | 'level'
  /** a fraction people say in percent: a return, a yield */
  | 'fraction'
  /** dollars */
  | 'money'

export interface Value {
  /** text on daily bars */
  d: string
  /** text on intraday bars, where the day before is the last one completed */
  i: string
  dimension: Dimension
  /** what the words were read as; said back */
  notes: string[]
  /** a name for the thing measured: two mentions of it are about the same */
  about: string
  /** as compared with dollar amounts or share counts: as traded */
  raw?: { d: string; i: string }
  /** the highest or lowest of n sessions, with what it is taken of */
  extreme?: { high: boolean; of: 'high' | 'low' | 'close'; n: number }
  /** a moving average of volume */
  volumeAverage?: number
  /** stood for by a pronoun: it may as well be the price */
  pronoun?: boolean
  /** computed on weekly or monthly bars, and by which text there */
  on?: { bars: 'wk' | 'mo'; text: string }
  /** counted in weeks or months: its text on such bars */
  counted?: { wk?: string; mo?: string }
  /** an average whose measure is not said: of the price, or of what is compared with it */
  averaged?: { kind: 'sma' | 'ema'; n: number }
  /** rank this way when a screen asks for no other order */
  order?: 'asc' | 'desc'
}

export interface Condition {
  d: string
  i: string
  notes: string[]
  about: string
  /** orders a screen that names no order; the largest weight wins */
  rank?: { by: string; i?: string; order: 'asc' | 'desc'; weight: number }
  /** a bound on a value, for finding contradictions */
  bound?: { of: string; op: Op; value: number }
  /** the meaning a named set-up has when nothing explicit is said about the same thing */
  concept?: readonly string[]
  /** speaks of the days before today already */
  prior?: boolean
  /** the same condition on an index's own bars, when it is about the market */
  market?: { symbol: string; own: Condition }
  /** the n names of the largest (or smallest) measure */
  chosen?: { by: string; order: 'asc' | 'desc'; n: number }
  /** about the whole market or other members, not the symbol */
  wide?: boolean
  /** the gap at the open: known on the first bar of the session */
  gap?: boolean
  /** needs bars within the session */
  intraday?: boolean
  /** conditions said before that this one says more exactly */
  replaces?: readonly Condition[]
}

/** A person must be asked before the phrase has a meaning. */
export class Unclear extends Error {}

/** A number as the rule language writes it. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(12)))
}

/** A percentage as a fraction with at least two decimals: 3 -> 0.03, 20 -> 0.20, 12.5 -> 0.125. */
export function fraction(percent: number): string {
  const text = plain(percent / 100)
  if (text.includes('e')) return text
  const [whole, decimals = ''] = text.split('.')
  return `${whole}.${decimals.padEnd(2, '0')}`
}

/** `text` k bars earlier. */
export function ago(text: string, bars: number): string {
  if (bars === 0) return text
  const shifted = /^(.*)\[(\d+)\]$/.exec(text)
  if (shifted && isAtom(shifted[1])) return `${shifted[1]}[${Number(shifted[2]) + bars}]`
  return isAtom(text) ? `${text}[${bars}]` : `(${text})[${bars}]`
}

/** Whether the text is one name, call or parenthesis, so that an operator may follow it. */
export function isAtom(text: string): boolean {
  if (/^[a-z_0-9.]+$/.test(text)) return true
  const open = text.indexOf('(')
  if (open < 0 || !/^[a-z_0-9]*$/.test(text.slice(0, open)) || !text.endsWith(')')) return false
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at === text.length - 1
  }
  return false
}

/** `x` as a factor or a divided part: in parentheses where it is a sum or a difference. */
export function factor(text: string): string {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if ('(['.includes(text[at])) depth++
    else if (')]'.includes(text[at])) depth--
    else if (depth === 0 && at > 0 && (text[at] === '+' || text[at] === '-')) return `(${text})`
  }
  return text
}

const OPPOSITE: Record<Op, Op> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '==' }

const MIRRORED: Record<Op, Op> = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '==': '==' }
export const opposite = (op: Op): Op => OPPOSITE[op]
/** The comparison of what is turned round: more than 3 % up, more than 3 % down. */
export const mirrored = (op: Op): Op => MIRRORED[op]
export const isUp = (op: Op): boolean => op === '>' || op === '>='

/** A value whose intraday reading is the one of the last completed day. */
export function daily(d: string, dimension: Dimension, about: string, notes: string[] = []): Value {
  return { d, i: `pd(${d})`, dimension, notes, about }
}

/** The value `bars` days earlier. */
export function earlier(value: Value, bars: number): Value {
  return { ...value, d: ago(value.d, bars), i: `pd(${ago(value.d, bars - 1)})`, extreme: undefined }
}

export const CLOSE: Value = {
  d: 'close',
  i: 'close',
  dimension: 'price',
  notes: [],
  about: 'price',
  raw: { d: 'raw_close', i: 'raw_close' },
}

/** A comparison of two values. */
export function compare(left: Value, op: Op, right: Value): Condition {
  return {
    d: `${left.d} ${op} ${right.d}`,
    i: `${left.i} ${op} ${right.i}`,
    notes: [...left.notes, ...right.notes],
    about: left.about,
  }
}

/** A crossing of two values, or of a value and a number. */
export function crossing(left: Value, up: boolean, right: { d: string; i: string; notes?: string[] }): Condition {
  const name = up ? 'crosses_above' : 'crosses_below'
  const space = /^-?[\d.]+$/.test(right.d) ? ',' : ', '
  return {
    d: `${name}(${left.d}${space}${right.d})`,
    i: `${name}(${left.i}${space}${right.i})`,
    notes: [...left.notes, ...(right.notes ?? [])],
    about: left.about,
  }
}

/** A text that is one comparison as [text, left, operator, right]; null for everything else. */
export function sidesOf(text: string): RegExpExecArray | null {
  const sides = /^([^<>=]+) (<=?|>=?|==) ([^<>=]+)$/.exec(text)
  if (!sides || /\b(and|or|not)\b/.test(text)) return null
  const closed = (side: string) => side.split('(').length === side.split(')').length
  return closed(sides[1]) && closed(sides[3]) ? sides : null
}

/** The condition `bars` days earlier. */
export function conditionEarlier(condition: Condition, bars: number): Condition {
  const sides = sidesOf(condition.d)
  const part = (text: string) => (/^-?[\d.]+$/.test(text) ? text : ago(text, bars))
  const d = sides ? `${part(sides[1])} ${sides[2]} ${part(sides[3])}` : ago(condition.d, bars)
  const before = bars > 1 ? ago(condition.d, bars - 1) : condition.d
  const number = sides && /^-?[\d.]+$/.test(sides[3])
  const i = number ? `pd(${ago(sides[1], bars - 1)}) ${sides[2]} ${sides[3]}` : `pd(${before})`
  return { ...condition, d, i, rank: undefined, bound: undefined, prior: true }
}
