import type { Grammar, Match } from '../grammar.ts'
import { type Condition, daily, earlier, isUp, type Op, plain, Unclear, type Value } from '../meaning.ts'
import { against, bounded } from '../measure.ts'
import { COST, condition, setting, type ValueOf, value } from '../phrase.ts'
import { magic } from './magic.ts'
import type { Amount, Period } from './quantities.ts'

const level = (text: string, name: string, notes: string[] = [], order?: 'asc' | 'desc'): Value => ({
  ...daily(text, 'level', name, notes),
  order,
})
const share = (text: string, name: string, notes: string[] = []): Value => daily(text, 'fraction', name, notes)
const money = (text: string, name: string): Value => daily(text, 'money', name)

const RATIOS: readonly [string, Value][] = [
  [
    '(pe [ratio|multiple]|price to earning|earning multiple)',
    level('pe', 'P/E', ['P/E is known for positive earnings only']),
  ],
  ['(pb [ratio]|price to book)', level('pb', 'P/B', ['P/B is known for positive book values only'])],
  ['(debttoequity [ratio]|debt to equity|debt equity [ratio]|leverage)', level('debt_to_equity', 'debt to equity')],
  ['(currentratio|current ratio)', level('current_ratio', 'current ratio')],
  ['(earningyield|ey)', share('ey', 'earnings yield')],
  ['(divyield|yield)', share('div_yield', 'dividend yield')],
  ['(roe)', share('roe', 'return on equity')],
  ['(roa)', share('roa', 'return on assets')],
  ['(grossmargin|gross margin)', share('gross_margin', 'gross margin')],
  ['(freecashflow yield)', share('fcf_yield', 'free cash flow yield')],
  ['(payout [ratio])', share('payout', 'payout ratio')],
  ['(mcap|cap|market value)', money('mcap', 'market cap')],
  ['(enterprise value|ev)', money('ev', 'enterprise value')],
  ['(freecashflow)', money('cfo_ttm-capex_ttm', 'free cash flow')],
  ['(net income)', money('net_income_ttm', 'net income')],
  ['(annual|ttm) sales', money('revenue_ttm', 'revenue')],
  ['[piotroski] fscore', level('fscore()', 'F-score')],
  ['(pricetosales [ratio])', level('mcap/revenue_ttm', 'price to sales')],
  [
    '(pricetofcf [ratio]|price to freecashflow)',
    level('where(cfo_ttm-capex_ttm > 0, mcap/(cfo_ttm-capex_ttm))', 'price to free cash flow', [
      'known for positive free cash flow only',
    ]),
  ],
  ['(evtoebit [ratio]|ev to ebit|enterprise value to ebit|ev / ebit)', level('ev/ebit_ttm', 'EV/EBIT')],
  ['[ttm|trailing] (eps)', level('eps_ttm', 'earnings per share')],
  ['(book value [per share])', level('book_ps', 'book value per share')],
  ['([operating] cash flow|cash flow from operations)', money('cfo_ttm', 'operating cash flow')],
  ['(long term|longterm) debt', money('long_term_debt', 'long-term debt')],
  ['(short term|shortterm) debt', money('short_term_debt', 'short-term debt')],
  ['[total] debt', money('total_debt', 'total debt')],
  ['cash [on hand|on balancesheet|position|balance]', money('cash', 'cash')],
  ['total asset', money('total_assets', 'total assets')],
  ['current asset', money('current_assets', 'current assets')],
  ['current liabilities', money('current_liabilities', 'current liabilities')],
  [
    '(shareholder equity|shareholders equity|stockholder equity|stockholders equity|book equity)',
    money('equity', 'equity'),
  ],
  ['(share outstanding|share count|outstanding share|number of share)', level('shares', 'shares outstanding')],
  ['(ebit)', money('ebit_ttm', 'EBIT')],
  ['(debt to asset [ratio]|debt / asset)', level('lt_debt_to_assets', 'long-term debt to assets')],
  ['(profit|net) margin', share('net_income_ttm/revenue_ttm', 'net margin')],
  ['(operating) margin', share('ebit_ttm/revenue_ttm', 'operating margin')],
  [
    '(roic|return on capital)',
    share('ebit_ttm/invested_capital', 'return on capital', ['return on capital is EBIT over invested capital']),
  ],
  ['ebit / ev', share('ebit_ttm/ev', 'EBIT/EV')],
  ['asset turnover', level('asset_turnover', 'asset turnover')],
]

/** Figures companies report: ratios, growth, quality, earnings surprises. */
export function fundamentals(grammar: Grammar): void {
  for (const [words, of] of RATIOS)
    value(grammar, words, () => (c) => {
      c.mentioned = of
      return of
    })
  condition(
    grammar,
    '<cmp:op> <times:x> earning',
    (m) => () => bounded(RATIOS[0][1], m.of<Op>('op'), m.of<number>('x'), 'num'),
  )
  condition(
    grammar,
    '(trade|sell) [at] <cmp:op> <times:x> book [value]',
    (m) => () => bounded(RATIOS[1][1], m.of<Op>('op'), m.of<number>('x'), 'num'),
  )
  condition(
    grammar,
    '<cmp:op> <times:x> book [value]',
    (m) => () => bounded(RATIOS[1][1], m.of<Op>('op'), m.of<number>('x'), 'num'),
  )
  condition(
    grammar,
    ['(trade|sell|price|priced) [at] (below|less than) book [value]', 'below book value'],
    () => () => bounded(RATIOS[1][1], '<', 1, 'num'),
  )
  condition(
    grammar,
    ['(no|zero|without [any]) (long term|longterm) debt', '(no|zero|without [any]) [total] debt', 'debt free'],
    (_m, tokens) => {
      const long = tokens.slice(_m.start, _m.end).some((token) => /^(long|longterm)$/.test(token.text))
      const field = long ? 'long_term_debt' : 'total_debt'
      return () => ({ d: `${field} == 0`, i: `${field} == 0`, notes: [], about: 'debt' })
    },
    COST.phrase - 1,
  )
  // "more cash than debt", "fewer shares outstanding than a year ago"
  condition(
    grammar,
    ['(more|higher|greater) <value:v> than <value:w>', '(less|lower|fewer|smaller) <value:v> than <value:w>'],
    (m, tokens) => (c) => {
      const up = /^(more|higher|greater)$/.test(tokens[m.start].text)
      return against(m.of<ValueOf>('v')(c), up ? '>' : '<', m.of<ValueOf>('w')(c))
    },
  )
  condition(
    grammar,
    [
      '(more|higher|greater) <value:v> than (<calendar:p> (ago|before|earlier)|last <calendar:p>)',
      '(less|lower|fewer|smaller) <value:v> than (<calendar:p> (ago|before|earlier)|last <calendar:p>)',
      '<value:v> (higher|up|greater|increasing|improving|growing|rising|grow|rise) (than|from|over|vs|against|) (year ago|last year|prior year|yoy|year earlier)',
      '<value:v> (lower|down|fall|decreasing|less|shrinking|falling|decline) (than|from|over|vs|against|) (year ago|last year|prior year|yoy|year earlier)',
    ],
    (m, tokens) => (c) => {
      const said = tokens.slice(m.start, m.end).map((token) => token.text)
      const up = said.some((word) =>
        /^(more|higher|greater|up|increasing|improving|growing|rising|grow|rise)$/.test(word),
      )
      const of = m.of<ValueOf>('v')(c)
      const period = m.maybe<Period>('p')
      if (isFigure(of)) {
        if (period && period.n !== 252) throw new Unclear(`${of.about} against a year ago, or against which report?`)
        return lastYear(of, up)
      }
      return against(of, up ? '>' : '<', earlier(of, period?.n ?? 252))
    },
  )
  condition(
    grammar,
    '(improving|rising|growing|increasing|higher|up) yoy',
    () => (c) => {
      if (!c.mentioned || !isFigure(c.mentioned)) throw new Unclear('Which figure grows?')
      return lastYear(c.mentioned, true)
    },
    COST.phrase + 1,
  )
  const mcap = RATIOS.find(([, of]) => of.d === 'mcap')![1]
  condition(
    grammar,
    ['(mcap|cap) <dollaramount:x>', '(mcap|cap) of <dollaramount:x>', '<dollaramount:x> (mcap|cap)'],
    (m) => (c) => {
      const { op, value: size, bare } = m.of<Amount>('x')
      if (bare) throw new Unclear('A market cap above or below that?')
      c.subject = mcap
      return sized(bounded(mcap, op, size, 'money'))
    },
  )
  condition(
    grammar,
    ['large cap', 'big cap'],
    () => () => sized(bounded(mcap, '>=', 1e10, 'money'), '"large cap" is a market cap of at least $10 billion'),
  )
  condition(grammar, ['mid cap'], () => () => ({
    ...sized(bounded(mcap, '>=', 2e9, 'money'), '"mid cap" is a market cap of $2 to 10 billion'),
    d: 'mcap >= 2000000000 and mcap < 10000000000',
    i: 'mcap >= 2000000000 and mcap < 10000000000',
    bound: undefined,
  }))
  condition(
    grammar,
    ['micro cap', 'microcap'],
    () => () => sized(bounded(mcap, '<', 3e8, 'money'), '"micro cap" is a market cap under $300 million'),
  )
  condition(
    grammar,
    ['small cap'],
    () => () => sized(bounded(mcap, '<', 2e9, 'money'), '"small cap" is a market cap under $2 billion'),
  )
  condition(
    grammar,
    ['pays dividend', 'pay dividend', 'dividend paying', 'dividend payers', 'with dividend'],
    () => () => bounded(RATIOS[5][1], '>', 0, 'num'),
  )
  condition(grammar, ['(profitable|profitability|positive earning|positive eps)'], () => () => ({
    ...bounded(level('eps_ttm', 'earnings'), '>', 0, 'num'),
    rank: undefined,
    notes: ['profitable: earnings per share of the last twelve months above 0'],
  }))
  condition(
    grammar,
    '<value:v> <cmp:op> [it] (sector median|median of [it] sector|median for [it] sector|median in sector)',
    (m) => (c) => {
      const of = m.of<ValueOf>('v')(c)
      const op = m.of<Op>('op')
      return {
        d: `${of.d} ${op} sec_median(${of.d})`,
        i: `${of.i} ${op} sec_median(${of.i})`,
        notes: [...of.notes, 'the median of the stocks of the same sector'],
        about: of.about,
        rank: { by: of.d, order: isUp(op) ? ('desc' as const) : ('asc' as const), weight: 2 },
      }
    },
  )
  const raised =
    '(dividend growth|dividend increase|dividend increasing|(growing|rising|higher|increasing|grow|raise) dividend)'
  condition(
    grammar,
    [
      `${raised} [for] [atleast] <num:n> [consecutive] year [inarow]`,
      `[atleast] <num:n> [orup|or more] [consecutive] year [inarow] of ${raised}`,
      `<cmp> <num:n> [consecutive] year [inarow] of ${raised}`,
      `raise each year for [atleast] <num:n> year`,
      `(raise|increase|grow) [it] [each year] for [atleast] <num:n> (consecutive|) year [inarow|running]`,
      `(raise|grow|increase|increased|rise) [it] dividend [for|by|] [atleast] <num:n> [consecutive] year (inarow|running)`,
      `(raise|grow|increase|rise) dividend [each year] [for] [atleast] <num:n> [consecutive] year [inarow]`,
    ],
    (m) => () => bounded(level('div_growth_years', 'years of dividend growth'), '>=', m.of('n'), 'num'),
  )
  condition(
    grammar,
    '<num:n> [or more] (consecutive|) year [of] dividend growth',
    (m) => () => bounded(level('div_growth_years', 'years of dividend growth'), '>=', m.of('n'), 'num'),
  )

  condition(
    grammar,
    ['strong balancesheet', 'strong balance sheet', 'balancesheet strong', 'healthy balancesheet'],
    () => () => ({
      d: 'debt_to_equity < 0.5 and current_ratio > 1.5',
      i: 'debt_to_equity < 0.5 and current_ratio > 1.5',
      notes: ['"strong balance sheet" is debt to equity below 0.5 and a current ratio above 1.5'],
      about: 'balance sheet',
    }),
  )
  // "value" and "cheap" say nothing without a number; with one about valuation they are its name
  condition(grammar, ['value stock', 'cheap stock', 'cheap', 'value'], () => () => {
    const asked: Condition = {
      d: '?',
      i: '?',
      notes: ['What makes a stock cheap to you: a P/E, a P/B, a yield under or over which number?'],
      about: 'value',
      concept: ['P/E', 'P/B', 'earnings yield', 'dividend yield', 'free cash flow yield', 'F-score'],
    }
    return asked
  })

  const score = (m: Match) => m.of<number>('n')
  condition(
    grammar,
    [
      'fscore [of] <num:n> or <num>',
      '<num:n> or <num> [point] [on] fscore',
      'score <num:n> or <num> [point] [on] fscore',
    ],
    (m) => () => quality('>=', score(m)),
  )
  condition(
    grammar,
    ['fscore [of] <numberamount:x>', 'fscore <num:n> or <num:k>', 'score <numberamount:x> [point] [on] fscore'],
    (m) => () => {
      const amount = m.maybe<Amount>('x')
      return amount ? quality(amount.bare ? '==' : amount.op, amount.value) : quality('>=', score(m))
    },
  )
  setting(grammar, ['magic formula', 'greenblatt magic formula', 'greenblatt [formula]'], (_m, c) => magic(c))
  const part =
    '(earningyield [lp ebit / ev rp]|(roic|return on capital) [lp ebit / (ic|invested capital) rp]|ebit / ev|ebit / ic|roic)'
  setting(grammar, [`[rank] [by] ${part} [rank] (plus|+|and) ${part} [rank]`], (_m, c) => magic(c), COST.phrase - 2)
}

/** Whether a value is made of reported figures: then "a year ago" is the report of a year ago. */
export const isFigure = (of: Value) =>
  !/\b(close|open|high|low|volume|mcap|pe|pb|ey|ev|div_yield|fcf_yield)\b/.test(of.d)

function lastYear(of: Value, up: boolean): Condition {
  const op = up ? '>' : '<'
  const d = `${of.d} ${op} ly(${of.d})`
  return { d, i: d, notes: [...of.notes, 'against the figure one fiscal year earlier'], about: of.about }
}

function sized(condition: Condition, note?: string): Condition {
  return { ...condition, rank: undefined, about: 'market cap', notes: note ? [note] : condition.notes }
}

function quality(op: Op, points: number): Condition {
  return {
    d: `fscore() ${op} ${plain(points)}`,
    i: `fscore() ${op} ${plain(points)}`,
    notes: ['the Piotroski F-score runs from 0 to 9'],
    about: 'F-score',
    rank: { by: 'roa', order: 'desc', weight: 3 },
    bound: { of: 'fscore()', op, value: points },
  }
}
