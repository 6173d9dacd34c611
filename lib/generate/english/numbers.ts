import type { Token } from './tokens.ts'

const UNITS: Readonly<Record<string, number>> = Object.fromEntries(
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen`
    .split(' ')
    .map((word, value) => [word, value]),
)
const TENS: Readonly<Record<string, number>> = Object.fromEntries(
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, index) => [word, 20 + 10 * index]),
)
const SCALES: Readonly<Record<string, number>> = {
  hundred: 100,
  thousand: 1e3,
  k: 1e3,
  million: 1e6,
  mln: 1e6,
  mn: 1e6,
  mm: 1e6,
  billion: 1e9,
  bn: 1e9,
  b: 1e9,
  trillion: 1e12,
}
/** "one" counts before these; elsewhere it stands for a thing named before ("sell a bearish one"). */
const COUNTED = new Set(
  `hundred thousand million billion percent pct % day week month quarter year trade position tenth third fifth half share atr period hour minute
  or point bar avg times x`.split(/\s+/),
)

/** Everything the numbers in words are spelt with: not to be taken for misspelt words. */
export const NUMBER_WORDS: ReadonlySet<string> = new Set([
  ...Object.keys(UNITS),
  ...Object.keys(TENS),
  ...Object.keys(SCALES),
  ...'percent pct cent twice thrice times x dollars dollar usd bucks double triple quadruple fourfold twofold threefold half fifth'.split(
    ' ',
  ),
  ...'noon midday past oclock dozen'.split(' '),
])

function joined(first: Token, last: Token, kind: Token['kind'], value: number): Token {
  return { ...first, kind, text: kind, value, end: last.end }
}

/** "twenty-five", "a hundred and fifty", "2.5 million", "half past ten" become single numbers; the rest is left as it is. */
function words(tokens: readonly Token[]): Token[] {
  const out: Token[] = []
  let at = 0
  const text = (index: number) => (tokens[index]?.kind === 'word' ? tokens[index].text : '')
  while (at < tokens.length) {
    const token = tokens[at]
    const begin = at
    let value = Number.NaN
    let kind: Token['kind'] = 'num'
    if (text(at) === 'half' && (text(at + 1) === 'past' || text(at + 1) === 'last') && tokens[at + 2]) {
      const hour = text(at + 2) in UNITS ? UNITS[text(at + 2)] : tokens[at + 2].value
      if (hour >= 1 && hour <= 12) {
        out.push(joined(token, tokens[at + 2], 'clock', (hour < 4 ? hour + 12 : hour) * 60 + 30))
        at += 3
        continue
      }
    }
    if (text(at) === 'noon' || text(at) === 'midday') {
      out.push(joined(token, token, 'clock', 720))
      at++
      continue
    }
    if (token.kind === 'num' || token.kind === 'money') {
      value = token.value
      kind = token.kind
      at++
    } else if (
      text(at) === 'half' &&
      (text(at + 1) === 'million' || (text(at + 1) === 'a' && text(at + 2) === 'million'))
    ) {
      value = 0.5
      at += text(at + 1) === 'a' ? 2 : 1
    } else if (text(at) === 'a' && ['hundred', 'thousand', 'million', 'billion'].includes(text(at + 1))) {
      value = 1
      at++
    } else if (text(at) in UNITS && (text(at) !== 'one' || COUNTED.has(text(at + 1)) || tokens[at + 1]?.text === '%')) {
      value = UNITS[text(at)]
      at++
    } else if (text(at) in TENS) {
      value = TENS[text(at)]
      at++
      if (text(at) in UNITS && UNITS[text(at)] > 0 && UNITS[text(at)] < 10) value += UNITS[text(at++)]
    }
    if (Number.isNaN(value)) {
      out.push(token)
      at++
      continue
    }
    if (text(at) === 'point' && text(at + 1) in UNITS) {
      value = Number(`${value}.${UNITS[text(at + 1)]}`)
      at += 2
    }
    while (text(at) in SCALES && !(text(at) === 'b' && !tokens[at].glued)) {
      value *= SCALES[text(at++)]
      const and = text(at) === 'and' ? 1 : 0
      const more = text(at + and)
      if (value >= 100 && (more in TENS || (more in UNITS && more !== 'one'))) {
        at += and + 1
        value += TENS[more] ?? UNITS[more]
        if (more in TENS && UNITS[text(at)] > 0 && UNITS[text(at)] < 10) value += UNITS[text(at++)]
      }
    }
    if (kind === 'num' && /^(dollars?|usd|bucks)$/.test(text(at))) {
      kind = 'money'
      at++
    }
    out.push(joined(token, tokens[Math.max(at - 1, begin)], kind, value))
  }
  return out
}

const MULTIPLES: Readonly<Record<string, number>> = {
  twice: 2,
  double: 2,
  twofold: 2,
  thrice: 3,
  triple: 3,
  threefold: 3,
  quadruple: 4,
  fourfold: 4,
}

/** Joins numbers with what they count: 5 % -> a percentage, 2 x -> a multiple, 1/2 and "a tenth" -> a share, 10 o'clock. */
export function readNumbers(tokens: readonly Token[]): Token[] {
  const flat = words(tokens)
  const out: Token[] = []
  for (let at = 0; at < flat.length; at++) {
    const token = flat[at]
    const next = flat[at + 1]
    const third = flat[at + 2]
    const previous = out.at(-1)
    if (token.kind === 'word' && token.text in MULTIPLES) {
      out.push(joined(token, token, 'mult', MULTIPLES[token.text]))
    } else if (token.kind === 'num' && next?.text === '%') {
      out.push(joined(token, next, 'pct', token.value))
      at++
    } else if (token.kind === 'num' && next?.glued && /^(st|nd|rd|th)$/.test(next.text)) {
      out.push({ ...joined(token, next, 'word', token.value), text: token.value === 1 ? 'first' : `${token.value}th` })
      at++
    } else if (token.kind === 'num' && next && /^(percent|pct|percents|percentage)$/.test(next.text)) {
      const points = third?.text === 'point' ? third : next
      out.push(joined(token, points, 'pct', token.value))
      at += points === third ? 2 : 1
    } else if (token.kind === 'num' && next?.text === 'per' && third?.text === 'cent') {
      out.push(joined(token, third, 'pct', token.value))
      at += 2
    } else if (token.kind === 'num' && next && (next.text === 'x' || next.text === 'times') && token.value > 0) {
      out.push(joined(token, next, 'mult', token.value))
      at++
    } else if (token.kind === 'num' && next?.text === 'oclock') {
      out.push(joined(token, next, 'clock', (token.value < 4 ? token.value + 12 : token.value) * 60))
      at++
    } else if (
      token.kind === 'num' &&
      token.value === 1 &&
      next?.text === '/' &&
      third?.kind === 'num' &&
      third.value <= 4
    ) {
      const chained = flat[at + 3]?.text === '/' || previous?.text === '/'
      if (chained) out.push(token)
      else {
        out.push(joined(token, third, 'pct', 100 / third.value))
        at += 2
      }
    } else if (token.kind === 'num' && token.value === 1 && next && next.text === 'tenth') {
      out.push(joined(token, next, 'pct', 10))
      at++
    } else if (token.text === 'a' && next && next.text === 'tenth') {
      out.push(joined(token, next, 'pct', 10))
      at++
    } else if (token.text === '+' && next?.kind === 'num' && next.glued && !token.glued) {
      out.push({ ...token, kind: 'word', text: 'up' })
    } else if (
      token.text === '+' &&
      token.glued &&
      !next?.glued &&
      (previous?.kind === 'pct' ||
        previous?.kind === 'num' ||
        previous?.kind === 'mult' ||
        /^(day|week|share|month)$/.test(previous?.text ?? ''))
    ) {
      out.push({ ...token, kind: 'word', text: 'orup' })
    } else out.push(token)
  }
  return out
}
