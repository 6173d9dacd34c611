import type { Understanding } from '../../lib/generate/english/understand.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { likeness } from './same-rule.ts'

/** A prompt said with one thing changed, and whether the answer must be another rule, the same one, or a question. */
export interface Variation {
  what: 'number' | 'indicator' | 'order' | 'nonsense'
  prompt: string
  /** the rule it must become; null: a question that quotes `quoted` */
  rule: RuleClauses | null
  quoted?: string
}

export const NONSENSE = 'zibbly'

/** Numbers that are parts of names or set the clock, and so are left alone. */
const FIXED =
  /s\s?&\s?p\s?500|\b52[- ]?(?:week|wk)|\b12-1\b|\b\d+:\d+|\d+am|\b11 SPDR|\b0?925|\b9:25|F-score|\b8 or 9\b|\bfive\b/i

/** Every number of a prompt by another one that stands nowhere in it, where the rule holds that number exactly once. */
export function otherNumbers(prompt: string, rule: RuleClauses): Variation[] {
  const out: Variation[] = []
  for (const found of prompt.matchAll(/(?<![\d.,\w-])(\d+)(%|x)?(?![\d.,:/\w]*\d|:|-1\b)/g)) {
    const at = found.index
    if (FIXED.test(prompt.slice(Math.max(0, at - 4), at + 8))) continue
    const [, digits, unit = ''] = found
    const value = Number(digits)
    if (prompt.match(new RegExp(`(?<![\\d.])${digits}(?![\\d.])`, 'g'))!.length > 1) continue
    const other = value + 1
    const changed = withNumber(rule, value, other, unit)
    if (changed === undefined || new RegExp(`(?<!\\d)${other}(?!\\d)`).test(prompt)) continue
    const said = prompt.slice(0, at) + String(other) + unit + prompt.slice(at + found[0].length)
    out.push({ what: 'number', prompt: said, rule: changed })
  }
  return out
}

/** The rule with one number in place of another, or undefined where it does not stand in it exactly once. */
function withNumber(rule: RuleClauses, value: number, other: number, unit: string): RuleClauses | undefined {
  const texts = unit === '%' ? percents(value, other) : [[String(value), String(other)]]
  for (const [from, to] of texts) {
    const pattern = new RegExp(`(?<![\\d.\\w])${from.replace('.', '\\.')}(?![\\d.\\w])`, 'g')
    const places = Object.values(rule).flatMap((text) => String(text).match(pattern) ?? [])
    const { rank: _rank, ...decides } = rule
    const once = Object.values(decides).flatMap((text) => String(text).match(pattern) ?? []).length === 1
    // the natural order of a screen repeats what it is about
    if (!once || places.length > 2) continue
    return Object.fromEntries(
      Object.entries(rule).map(([key, text]) => [
        key,
        typeof text === 'string' ? text.replace(pattern, to) : text === value && unit === '' ? other : text,
      ]),
    )
  }
  return undefined
}

const digits = (value: number) => String(Number(value.toPrecision(12)))
function percents(value: number, other: number): string[][] {
  const forms = (share: number) => [digits(share), share.toFixed(2)]
  return [0, 1].map((at) => [forms(value / 100)[at], forms(other / 100)[at]])
}

/** Indicators that may stand for each other in a sentence: [as said, as written]. */
const LIKE: readonly (readonly [said: RegExp, words: string, written: RegExp, text: string])[] = [
  [/\bRSI\b(?!\s*\(|\d)/i, 'MFI', /rsi\(close,14\)/g, 'mfi(14)'],
  [/\bADX\b/i, 'RSI', /adx\(14\)/g, 'rsi(close,14)'],
  [/\bP\/E ratio\b|\bPE\b/i, 'P/B', /\bpe\b/g, 'pb'],
  [
    /\bgolden cross\b/i,
    '20-day average crossing above the 100-day average',
    /crosses_above\(sma\(close,50\), ?sma\(close,200\)\)/g,
    'crosses_above(sma(close,20),sma(close,100))',
  ],
  [/\bbullish engulfing\b(?: candle)?/i, 'hammer', /bullish_engulfing\(\)/g, 'hammer()'],
  [/\bthree white soldiers\b/i, 'three black crows', /three_white_soldiers\(\)/g, 'three_black_crows()'],
  [/\bearnings yield\b/i, 'dividend yield', /\bxz\(ey\)/g, 'xz(div_yield)'],
  [/\bSPY\b/, 'QQQ', /'SPY'/g, "'QQQ'"],
  [/\b20-day EMA\b/, '20-day average', /ema\(close,20\)/g, 'sma(close,20)'],
]

/** The same sentence about another indicator. */
export function otherIndicators(prompt: string, rule: RuleClauses): Variation[] {
  return LIKE.flatMap(([said, words, written, text]) => {
    const place = said.exec(prompt)
    // a level that belongs to the indicator, and words that speak of it by another name, do not go with another one
    if (/overbought|oversold|strong trends|that EMA/i.test(prompt)) return []
    if (!place || prompt.match(new RegExp(said.source, 'gi'))!.length > 1) return []
    const changed = Object.fromEntries(
      Object.entries(rule).map(([key, clause]) => [
        key,
        typeof clause === 'string' ? clause.replace(written, text) : clause,
      ]),
    )
    if (JSON.stringify(changed) === JSON.stringify(rule)) return []
    const swapped = prompt.slice(0, place.index) + words + prompt.slice(place.index + place[0].length)
    return [{ what: 'indicator' as const, prompt: swapped, rule: changed }]
  })
}

/** Two conditions joined by "and" the other way round, where each stands for itself. */
export function otherOrder(prompt: string, rule: RuleClauses): Variation[] {
  const found = /^(.*?\b(?:when|with|where|stocks) )([^,;:]+?) (and|&) ([^,;:]+?)(;.*|$)/i.exec(prompt)
  if (!found) return []
  const [, head, one, and, two, tail] = found
  const refers = /\b(it|its|their|same|both|lowest|highest|that|yesterday|after|previous|within|volume$)\b/i
  const verbal = /^(?:gap|trad|mak|clos|ha[sv]|also)/i
  if (
    refers.test(one) ||
    refers.test(two) ||
    verbal.test(one) !== verbal.test(two) ||
    / and | or |&|%K/.test(`${one} ${two}`)
  )
    return []
  return [{ what: 'order', prompt: `${head}${two} ${and} ${one}${tail}`, rule }]
}

/** One word without meaning put into the middle and at both ends. */
export function nonsense(prompt: string): Variation[] {
  const words = prompt.split(' ')
  return [0, Math.floor(words.length / 2), words.length].map((at) => ({
    what: 'nonsense' as const,
    prompt: [...words.slice(0, at), NONSENSE, ...words.slice(at)].join(' '),
    rule: null,
    quoted: NONSENSE,
  }))
}

/** Whether the answer to a variation is what it must be. */
export function holds(answer: Understanding, { rule, quoted }: Variation): boolean {
  if (rule === null) return answer.kind === 'questions' && answer.questions.some((one) => one.includes(quoted!))
  return answer.kind === 'rule' && likeness(answer.clauses, rule).exact
}
