import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { type Condition, compare, crossing, daily, plain, Unclear, type Value } from '../meaning.ts'
import { COST, condition, setting, type ValueOf, value } from '../phrase.ts'
import { average } from './prices.ts'
import type { Period } from './quantities.ts'

/** A value that "it" may refer to afterwards. */
export const mentioned =
  (make: (context: Context) => Value): ValueOf =>
  (context) => {
    const value = make(context)
    context.mentioned = value
    return value
  }

export function rsi(n: number, said: boolean): Value {
  return daily(`rsi(close,${n})`, 'level', `RSI(${n})`, said ? [] : ['RSI is the 14-session RSI of closes'])
}

/** Oscillators with their usual settings, or the settings said. */
export function indicators(grammar: Grammar): void {
  const tail = '[indicator|line|reading]'
  value(grammar, `[daily] rsi ${tail}`, () =>
    mentioned((c) =>
      c.rsi ? { ...c.rsi, notes: [`"RSI" without a length is ${c.rsi.about}, as before`] } : rsi(14, false),
    ),
  )
  value(grammar, `[daily] <period:p> rsi ${tail}`, (m) => mentioned((c) => (c.rsi = rsi(m.of<Period>('p').n, true))))
  value(grammar, `[daily] <num:n> rsi ${tail}`, (m) => whole(m, (n, c) => (c.rsi = rsi(n, true))))
  value(grammar, `[daily] rsi lp <num:n> rp ${tail}`, (m) => whole(m, (n, c) => (c.rsi = rsi(n, true))))
  value(grammar, `[daily] rsi <num:n> ${tail}`, (m) => whole(m, (n, c) => (c.rsi = rsi(n, true))), 1)
  value(grammar, '(weekly|week) <value:v>', (m) => (c) => weekly(m.of<ValueOf>('v')(c), 'wk'), 2)
  value(grammar, 'monthly <value:v>', (m) => (c) => weekly(m.of<ValueOf>('v')(c), 'mo'), 2)

  simple(grammar, 'adx', 14, (n) => `adx(${n})`, 'ADX')
  simple(grammar, 'atr', 14, (n) => `atr(${n})`, 'ATR')
  simple(grammar, 'mfi', 14, (n) => `mfi(${n})`, 'MFI')
  simple(grammar, '(money flow index)', 14, (n) => `mfi(${n})`, 'MFI')
  simple(grammar, 'cci', 20, (n) => `cci(${n})`, 'CCI')
  simple(grammar, 'willr', 14, (n) => `willr(${n})`, 'Williams %R')
  simple(grammar, 'plusdi', 14, (n) => `pdi(${n})`, '+DI')
  simple(grammar, 'minusdi', 14, (n) => `mdi(${n})`, '-DI')
  // "the two-day sum of RSI(2)", "cumulative RSI"
  value(
    grammar,
    ['<period:p> (sum|total) of <value:v>', '(sum|total) of <value:v> <span:s>', 'cumulative [<period:p>] <value:v>'],
    (m) => (c) => {
      const of = m.of<ValueOf>('v')(c)
      const n = m.maybe<Period>('p')?.n ?? m.maybe<{ n: number }>('s')?.n ?? 2
      const notes = m.maybe('p') || m.maybe('s') ? of.notes : [...of.notes, '"cumulative" is the sum of 2 sessions']
      return daily(`sum(${of.d},${n})`, 'level', `sum of ${of.about}`, notes)
    },
    2,
  )
  // "its 9-day average of the RSI", "the 10-day EMA of volume"
  value(
    grammar,
    ['<period:p> [simple] (avg|sma|dma) of <value:v>', '<period:p> ema of <value:v>'],
    (m, tokens) => (c) => {
      const of = m.of<ValueOf>('v')(c)
      const kind = tokens.slice(m.start, m.end).some((token) => token.text === 'ema') ? 'ema' : 'sma'
      if (of.d === 'close') return average(kind, m.of('p'))
      return daily(`${kind}(${of.d},${m.of<Period>('p').n})`, of.dimension, `average ${of.about}`, of.notes)
    },
    2,
  )
  value(
    grammar,
    ['(today|daily|day) range', 'range of (day|bar|today)', '(range|bar range)'],
    () => () => ({
      ...daily('high-low', 'level', 'range', ['the range of a day is its high less its low']),
      i: 'dhigh()-dlow()',
    }),
    3,
  )
  value(grammar, ['true range', '(today|daily|day) true range'], () => () => daily('tr()', 'level', 'true range'))
  value(grammar, ['ibs', 'internal bar strength', 'close location [value]'], () => () => ({
    ...daily('close_pos()', 'level', 'IBS', [
      'IBS is where the close lies between the low (0) and the high (1) of the day',
    ]),
  }))
  value(grammar, 'obv|on balance volume', () => () => daily('obv()', 'level', 'OBV'))
  value(
    grammar,
    'atr (as|in) (pct|percent|%) of price',
    () => () => daily('atr(14)/close', 'fraction', 'ATR over price'),
  )
  value(grammar, '[daily|annual] volatility', () => (c) => volatility(c, 20, false))
  value(grammar, '[daily] <period:p> volatility', (m) => (c) => volatility(c, m.of<Period>('p').n, true))
  value(grammar, 'volatility <span:s>', (m) => (c) => volatility(c, m.of<{ n: number }>('s').n, true))

  stochastics(grammar)
  macds(grammar)

  for (const [word, up] of [
    ['overbought', true],
    ['oversold', false],
  ] as const) {
    const state = (c: Context, value: Value): Condition => {
      const [high, low] = value.d.startsWith('stoch') || value.d.startsWith('mfi') ? [80, 20] : [70, 30]
      const bound = up ? high : low
      const op = up ? '>' : '<'
      c.subject = value
      return {
        d: `${value.d} ${op} ${bound}`,
        i: `${value.i} ${op} ${bound}`,
        notes: [...value.notes, `"${word}" is ${value.about} ${up ? 'above' : 'below'} ${bound}`],
        about: value.about,
        rank: { by: value.d, order: up ? 'desc' : 'asc', weight: 3 },
        bound: { of: value.d, op, value: bound },
      }
    }
    const entered = (c: Context, value: Value): Condition => {
      const bound = state(c, value).bound!.value
      const crossed = crossing(value, up, { d: plain(bound), i: plain(bound) })
      return {
        ...crossed,
        notes: [...crossed.notes, `"becomes ${word}" is ${value.about} crossing ${bound}, on the daily close`],
      }
    }
    const enters = '(become|go|move|get|enter|fall|rise|come)'
    const kept = (c: Context) =>
      c.subject?.dimension === 'level' && isOscillator(c.subject) ? c.subject : (c.rsi ?? rsi(14, false))
    condition(
      grammar,
      `${enters} [into] ${word} [(on|by|according to) <value:v>]`,
      (m) => (c) => entered(c, m.maybe<ValueOf>('v')?.(c) ?? kept(c)),
    )
    condition(grammar, `<value:v> [of <universe:u>] ${enters} [into] ${word}`, (m) => (c) => {
      m.maybe<(c: Context) => void>('u')?.(c)
      return entered(c, m.of<ValueOf>('v')(c))
    })
    condition(
      grammar,
      `${word} (on|by|according to) [both] <value:v> (and|, and|as well as) <value:w>`,
      (m) => (c) => [state(c, m.of<ValueOf>('v')(c)), state(c, m.of<ValueOf>('w')(c))],
      COST.phrase - 1,
    )
    condition(
      grammar,
      `${word} [(on|by|according to) <value:v>]`,
      (m) => (c) => state(c, m.maybe<ValueOf>('v')?.(c) ?? kept(c)),
    )
    condition(
      grammar,
      [`<value:v> [at|in] ${word} [indicator]`, `${word} <value:v>`],
      (m) => (c) => state(c, m.of<ValueOf>('v')(c)),
    )
  }
}

const isOscillator = (value: Value) => /^(rsi|stoch|mfi|cci|willr)/.test(value.d)

/** A length in parentheses; the match is rejected when it is no window. */
function whole(match: Match, make: (n: number, context: Context) => Value): ValueOf {
  const n = match.of<number>('n')
  const fits = Number.isInteger(n) && n > 0 && n <= 2000
  return (fits ? mentioned((c) => make(n, c)) : undefined) as ValueOf
}

function weekly(inner: Value, name: 'wk' | 'mo'): Value | never {
  if (inner.on) return inner
  const text = inner.counted?.[name] ?? inner.d
  return {
    ...daily(
      `${name}(${text})`,
      inner.dimension,
      `${name === 'wk' ? 'weekly' : 'monthly'} ${inner.about}`,
      inner.notes,
    ),
    order: inner.order,
    on: { bars: name, text },
  }
}

function volatility(_context: Context, n: number, said: boolean): Value {
  const notes = [`volatility is the standard deviation of daily returns${said ? '' : ' over 20 sessions'}`]
  return daily(`stdev(roc(close,1),${n})`, 'fraction', 'volatility', notes)
}

/** An indicator with one length: "ADX", "14-day ADX", "ADX(14)". */
function simple(grammar: Grammar, word: string, usual: number, text: (n: number) => string, name: string): void {
  const make = (n: number, said: boolean) =>
    daily(text(n), name === 'ATR' ? 'price' : 'level', name, said ? [] : [`${name} is taken over ${usual} sessions`])
  const tail = '[indicator|line|reading]'
  value(grammar, `[daily] ${word} ${tail}`, () => mentioned(() => make(usual, false)))
  value(grammar, `[daily] <period:p> ${word} ${tail}`, (m) => mentioned(() => make(m.of<Period>('p').n, true)))
  value(grammar, `${word} lp <num:n> rp`, (m) => whole(m, (n) => make(n, true)))
  value(grammar, `${word} <num:n>`, (m) => whole(m, (n) => make(n, true)), 1)
}

function stochastics(grammar: Grammar): void {
  const settings = (c: Context, m: Match) => {
    const n = m.maybe<number>('n') ?? c.stochastic?.n
    const s = m.maybe<number>('s') ?? c.stochastic?.s
    c.stochastic = { n: n ?? 14, s: s ?? 3 }
    return { ...c.stochastic, notes: n ? [] : ['the stochastic is the slow one: %K(14,3), %D 3'] }
  }
  const lengths =
    '(lp <num:n> , <num:s> [, <num:t>] rp|lp <num:n> rp|<num:n> , <num:s> [, <num:t>]|with setting <num:n> and <num:s>)'
  value(
    grammar,
    [
      'fast [stochastic] [oscillator] stochk [line] [lp <num:n> rp]',
      'fast stochastic [oscillator] [stochk] [lp <num:n> rp]',
    ],
    (m) => (c) => {
      c.stochastic = { n: m.maybe<number>('n') ?? 14, s: 1 }
      return daily(`stoch_k(${c.stochastic.n},1)`, 'level', `fast %K(${c.stochastic.n})`)
    },
  )
  const main = ['[slow] stochastic [oscillator] [stochk] [line]', '[slow] [stochastic] stochk [line]']
  for (const words of main)
    value(grammar, [words, `${words} ${lengths}`], (m) => (c) => {
      const { n, s, notes } = settings(c, m)
      return { ...daily(`stoch_k(${n},${s})`, 'level', `stochastic %K(${n},${s})`, notes) }
    })
  value(grammar, ['[slow] [<period:p>] stochd [line] [lp <num:d> rp]', 'stochastic signal line'], (m) => (c) => {
    const { n, s } = c.stochastic ?? { n: 14, s: 3 }
    const d = m.maybe<Period>('p')?.n ?? m.maybe<number>('d') ?? 3
    return daily(`stoch_d(${n},${s},${d})`, 'level', 'stochastic %D')
  })
  setting(grammar, `[slow] stochastic ${lengths}`, (m, c) => void settings(c, m), COST.phrase + 3)
}

function macds(grammar: Grammar): void {
  const lengths = '[lp <num:f> , <num:s> [, <num:g>] rp]'
  const parts = (m: Match) => {
    const f = m.maybe<number>('f') ?? 12
    const s = m.maybe<number>('s') ?? 26
    const g = m.maybe<number>('g') ?? 9
    return {
      line: daily(`macd(${f},${s})`, 'level', 'MACD', m.maybe('f') ? [] : ['MACD is MACD(12,26,9)']),
      signal: daily(`macd_signal(${f},${s},${g})`, 'level', 'MACD signal'),
      histogram: daily(`macd_hist(${f},${s},${g})`, 'level', 'MACD histogram'),
    }
  }
  value(grammar, `macd [line] ${lengths}`, (m) => mentioned(() => parts(m).line))
  value(grammar, `[macd] signal [line] ${lengths}`, (m) => (c) => {
    if (!c.words.has('macd')) throw new Unclear('The signal line of which indicator?')
    return parts(m).signal
  })
  value(grammar, ['macd_hist', 'macd lp <num:f> , <num:s> , <num:g> rp histogram'], (m) =>
    mentioned(() => parts(m).histogram),
  )
  const cross = (m: Match, up: boolean) => (c: Context) => {
    if (!c.words.has('macd') && c.words.has('stochastic')) {
      const { n, s } = c.stochastic ?? { n: 14, s: 3 }
      return crossing(
        daily(`stoch_k(${n},${s})`, 'level', 'stochastic %K'),
        up,
        daily(`stoch_d(${n},${s},3)`, 'level', '%D'),
      )
    }
    if (!c.words.has('macd')) throw new Unclear('A crossing of what?')
    const { line, signal } = parts(m)
    c.subject = line
    c.crossed = { left: line, right: signal }
    return crossing(line, up, signal)
  }
  for (const [word, up, dir] of [
    ['bullish', true, '(above|over|up)'],
    ['bearish', false, '(below|down)'],
  ] as const) {
    condition(
      grammar,
      [
        `${word} macd [signal] [line] ${lengths} (cross|crossover)`,
        `macd ${lengths} ${word} (cross|crossover)`,
        `${word} (cross|crossover|one)`,
        `macd (cross|become|turn|go) ${word}`,
      ],
      (m) => cross(m, up),
    )
    condition(
      grammar,
      [
        `macd [line] ${lengths} (cross|crossover) ${dir} [signal] [line]`,
        `macd (cross|crossover) to ${up ? 'upside' : 'downside'}`,
      ],
      (m) => cross(m, up),
      COST.phrase - 1,
    )
    condition(grammar, `macd [line] ${lengths} ${up ? '(above|over)' : 'below'} signal [line]`, (m) => (c) => {
      const { line, signal } = parts(m)
      c.subject = line
      return {
        ...compare(line, up ? '>' : '<', signal),
        rank: { by: `${line.d}-${signal.d}`, order: up ? 'desc' : 'asc', weight: 1 },
      }
    })
  }
}
