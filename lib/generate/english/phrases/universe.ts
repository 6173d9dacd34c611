import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { CLOSE, Unclear } from '../meaning.ts'
import { bounded } from '../measure.ts'
import { COST, condition, setting } from '../phrase.ts'
import type { Amount } from './quantities.ts'

/** The 11 GICS sectors by the words people use. */
const SECTORS: readonly [words: string, name: string][] = [
  ['(financials|bank)', 'Financials'],
  ['(utilities)', 'Utilities'],
  ['(technology|tech|information technology|software)', 'Information Technology'],
  ['(healthcare|health care|pharma)', 'Health Care'],
  ['(energy|oil)', 'Energy'],
  ['(industrials|industrial)', 'Industrials'],
  ['(consumer discretionary)', 'Consumer Discretionary'],
  ['(consumer staples|staples)', 'Consumer Staples'],
  ['(materials)', 'Materials'],
  ['(real estate|reits|reit)', 'Real Estate'],
  ['(communication services|communications|telecom)', 'Communication Services'],
]

const SPDR = ['XLK', 'XLF', 'XLV', 'XLE', 'XLI', 'XLY', 'XLP', 'XLU', 'XLB', 'XLRE', 'XLC']

/** Which symbols a strategy looks at. */
export function universes(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  const noun = '(stock|share)'
  setting(
    grammar,
    ['stock', 'each stock', 'which stock', 'stock universe', 'listed stock'],
    (_m, c) => {
      c.draft.saysStocks = true
    },
    3,
  )
  rule('universe', `sp500 [${noun}|member|constituent|component]`, () => (c: Context) => {
    c.draft.universe = "index_member('SP500')"
    c.draft.notes.push('membership of the S&P 500 is the one on each date')
  })
  rule('universe', '([<num>] [spdr] sector etf|[<num>] spdr sector|sector spdr)', () => (c: Context) => {
    c.draft.universe = `symbol in (${SPDR.map((one) => `'${one}'`).join(',')})`
    c.draft.notes.push(`the 11 sector funds are ${SPDR.join(', ')}`)
  })
  setting(
    grammar,
    [
      `[${noun}] (not [in]|outside [of]|exclude|without|except [for]) [member of|member|in|any|those in] sp500 [${noun}|member|constituent|component] [index]`,
      `non sp500 [${noun}]`,
    ],
    (_m, c) => {
      c.draft.universe = "stocks and not index_member('SP500')"
      c.draft.notes.push('membership of the S&P 500 is the one on each date')
    },
    COST.phrase - 2,
  )
  setting(grammar, [`[all] ${noun} (and|+|or|plus|/) etf`, 'etf and stock'], (_m, c) => {
    c.draft.universe = 'all'
    c.draft.saysStocks = true
    c.draft.notes.push('ETFs are looked at beside stocks')
  })
  setting(
    grammar,
    ['etf [only]', 'only etf', 'among etf'],
    (_m, c) => {
      c.draft.universe = 'not stocks'
      c.draft.notes.push('only what is no stock: ETFs and funds')
    },
    COST.phrase + 1,
  )
  rule(
    'universe',
    'stock',
    () => (c: Context) => {
      c.draft.saysStocks = true
    },
    1,
  )
  setting(
    grammar,
    [`[${noun}|member] [in|of|from|among|across|within] [an] <universe:u> [index]`, 'rotation among <universe:u>'],
    (m, c) => m.of<(c: Context) => void>('u')(c),
  )

  for (const [words, name] of SECTORS) {
    rule('sector', words, () => name)
  }
  grammar.list('sectors', 'sector', ',|and|or|/|, and|, or|nor|+')
  const quoted = (names: string[]) => names.map((name) => `'${name}'`).join(',')
  setting(
    grammar,
    [
      '(no|without|exclude|not [in] [any]|non|but no|leave out|avoid|outside|except) <sectors:s> [sector|stock]',
      '(no|without|exclude) stock in <sectors:s>',
    ],
    (m, c) => {
      const names = m.of<string[]>('s')
      c.draft.filters.push(names.length === 1 ? `sector != '${names[0]}'` : `sector not in (${quoted(names)})`)
    },
  )
  setting(
    grammar,
    [
      '<sectors:s> (sector|stock)',
      '(in|from) <sectors:s> [sector]',
      'only <sectors:s> [stock]',
      'stock in <sectors:s> [sector]',
    ],
    (m, c) => {
      const names = m.of<string[]>('s')
      c.draft.filters.push(names.length === 1 ? `sector == '${names[0]}'` : `sector in (${quoted(names)})`)
    },
  )

  // "large cap tech": the sector alone
  setting(
    grammar,
    '<sectors:s>',
    (m, c) => {
      const names = m.of<string[]>('s')
      c.draft.filters.push(names.length === 1 ? `sector == '${names[0]}'` : `sector in (${quoted(names)})`)
    },
    COST.phrase + 4,
  )
  grammar.list('symbols', 'sym', ',|and|or|/|, and|, or|+|vs|versus')
  const symbols = (m: Match, c: Context) => {
    c.draft.symbols.push(...m.of<string[]>('s'))
  }
  setting(
    grammar,
    [
      '(in|of|for|on|to|among|from|only|only in|trade) <symbols:s> [stock]',
      '<symbols:s> stock',
      '<symbols:s> : which [one]',
    ],
    symbols,
    11,
  )
  setting(
    grammar,
    '<symbols:s>',
    (m, c) => {
      // beside "stocks" a word in capitals may be anything
      if (c.words.has('stock') && !c.draft.intent.trade && m.of<string[]>('s').length === 1)
        throw new Unclear('Is this a symbol, and the only one meant?')
      symbols(m, c)
    },
    12,
  )

  const price = (pattern: string) =>
    condition(grammar, pattern, (m) => () => {
      const { op, value } = m.of<Amount>('x')
      return { ...bounded(CLOSE, op, value, 'money'), rank: undefined }
    })
  grammar.rule('cashamount', '<cmp:op> <money:x>', (m) => ({ op: m.of('op'), value: m.of('x'), bare: false }))
  grammar.rule('cashamount', '<money:x> <orup>', (m) => ({ op: '>=', value: m.of('x'), bare: false }))
  grammar.rule('cashamount', '<money:x> <ordown>', (m) => ({ op: '<=', value: m.of('x'), bare: false }))
  for (const pattern of [
    'price <cashamount:x>',
    'stock <cashamount:x>',
    'price at <cashamount:x>',
    'price of <cashamount:x>',
    'trade [at] <cashamount:x>',
    '<cashamount:x> [a] share',
  ])
    price(pattern)
  condition(grammar, ['(no|without|exclude|not|non) penny stock'], () => () => ({
    ...bounded(CLOSE, '>=', 5, 'money'),
    rank: undefined,
    notes: ['"no penny stocks" is a price of at least $5, as traded'],
  }))
  condition(grammar, ['liquid [stock]'], () => () => ({
    d: 'dollar_volume(20) >= 5000000',
    i: 'pd(dollar_volume(20)) >= 5000000',
    notes: ['"liquid" is an average of at least $5 million traded a day over 20 sessions'],
    about: 'liquidity',
  }))
}
