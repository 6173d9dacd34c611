import type { Context } from '../draft.ts'
import type { Grammar, Match } from '../grammar.ts'
import { type Condition, daily, type Op, plain, Unclear, type Value } from '../meaning.ts'
import { COST, condition, type Predicate } from '../phrase.ts'
import { CLOSING } from './prices.ts'
import { type Amount, type Period, period } from './quantities.ts'

/** The market: relative strength against an index, conditions on the index itself, breadth. */
export function markets(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  rule('index', '(sp500|market|index|benchmark)', () => 'SPY')
  rule('index', '<sym:s>', (m) => m.of('s'))

  rule('lengths', '<periods:p> (month|m)', (m) => m.of<number[]>('p').map((n) => period(n, 'month')!.n))
  rule('lengths', '<periods:p> week', (m) => m.of<number[]>('p').map((n) => period(n, 'week')!.n))
  rule('lengths', '<periods:p> day', (m) => m.of<number[]>('p'))
  grammar.list('mixed', 'calendar', ',|and|/|, and|+|, +')
  rule('lengths', '<mixed:p>', (m) => m.of<Period[]>('p').map((one) => one.n))
  rule('lengths', '<calendar:p>', (m) => [m.of<Period>('p').n])
  grammar.list('periods', 'num', ',|and|/|, and|+|, +')
  const beating = (up: boolean) => (m: Match) => () => {
    const index = m.of<string>('i')
    const lengths = m.maybe<number[]>('l') ?? [63]
    const longest = Math.max(...lengths)
    return lengths.map((n): Condition => {
      const own = `roc(close,${n})`
      const other = `on('${index}',${own})`
      return {
        d: `${own} ${up ? '>' : '<'} ${other}`,
        i: `pd(${own}) ${up ? '>' : '<'} on('${index}',pd(${own}))`,
        notes: [
          `${up ? 'beating' : 'lagging'} ${index}: the return over ${n} sessions`,
          ...(m.maybe('l') ? [] : ['relative strength without a period is taken over 63 sessions']),
        ],
        about: 'relative strength',
        rank: n === longest ? { by: `${own}-${other}`, order: up ? 'desc' : 'asc', weight: 3 } : undefined,
      }
    })
  }
  const past = '[(over|in|for|during|on|at)] [both|all] [last|prior] [each of]'
  condition(
    grammar,
    [
      `(beat|outpacing|outperform|stronger than|better than|ahead of) <index:i> [${past} <lengths:l>]`,
      `(relative strength|strength) [against|vs|versus|to] <index:i> [${past} <lengths:l>]`,
    ],
    beating(true),
  )
  condition(
    grammar,
    [`(lag|lagging|underperform|underperforming|weaker than|trailing|trail|behind) <index:i> [${past} <lengths:l>]`],
    beating(false),
  )

  const peers = '[its|their] [own] (sector|industry) [median|peer|avg|group]'
  for (const [words, up] of [
    ['(beat|outpacing|stronger than|better than|ahead of)', true],
    ['(lag|lagging|underperform|underperforming|weaker than|behind)', false],
  ] as const)
    condition(grammar, `${words} ${peers} [${past} <lengths:l>]`, (m) => () => {
      const lengths = m.maybe<number[]>('l') ?? [63]
      return lengths.map((n): Condition => {
        const own = `roc(close,${n})`
        const d = `${own} ${up ? '>' : '<'} sec_median(${own})`
        return {
          d,
          i: `pd(${own}) ${up ? '>' : '<'} sec_median(pd(${own}))`,
          notes: [`against the sector's median return over ${n} sessions`],
          about: 'relative strength',
        }
      })
    })

  // the market itself
  condition(
    grammar,
    [
      '<sym:i> <predicate:p>',
      '(market|index|sp500 index) <predicate:p>',
      '(market|sp500) (trade|close) <predicate:p>',
      '<sym:i> (trade|close) <predicate:p>',
    ],
    (m) => (c) => {
      const index = m.maybe<string>('i') ?? 'SPY'
      const made = m.of<Predicate>('p')({ ...c, subject: undefined }, CLOSING)
      if (
        m.maybe('i') &&
        !isMarket(index) &&
        c.draft.symbols.length === 0 &&
        !c.draft.saysStocks &&
        !c.words.has('pair')
      ) {
        c.draft.symbols.push(index)
        c.subject = CLOSING
        return made
      }
      return (Array.isArray(made) ? made : [made]).map((one) => ({
        market: { symbol: index, own: one },
        d: `on('${index}',${one.d})`,
        i: `on('${index}',${one.i})`,
        notes: m.maybe('i') ? one.notes : [...one.notes, `"the market" is ${index}`],
        about: `market ${index}`,
        wide: true,
      }))
    },
  )
  grammar.rule('market', '(market|stock market|broad market|overall market|sp500 index)', () => 'SPY')
  grammar.rule('market', '<sym:s>', (m) => (isMarket(m.of('s')) ? m.of('s') : undefined))
  // "SPY down 2% or more", "the market's RSI below 30": whatever is said of a stock, said of the market
  grammar.rule(
    'phrase',
    '(<market:i>|(when|while|if) sp500) [itself|also|price] <clause:c>',
    (m) => {
      const index = m.maybe<string>('i') ?? 'SPY'
      const make = m.of<(c: Context) => Condition | Condition[]>('c')
      return {
        is: 'condition',
        make: (c: Context) => {
          const own = { ...c, subject: undefined, mentioned: undefined, move: undefined }
          const made = [make(own)].flat()
          if (made.some((one) => one.wide || one.market))
            throw new Unclear('Said of the market itself: in other words?')
          return made.map((one) => ({
            market: { symbol: index, own: one },
            d: `on('${index}',${one.d})`,
            i: `on('${index}',${one.i})`,
            notes: one.notes,
            about: `market ${index}`,
            wide: true,
          }))
        },
      }
    },
    COST.phrase + 1,
  )
  grammar.rule(
    'value',
    '[price] (relative strength|rs|strength|price relative|ratio) [line|ratio] [against|vs|versus|to|with] <market:i>',
    (m) => () => ratioTo(m.of('i')),
    2,
  )
  grammar.rule('value', '(relative strength|rs) line', () => () => ratioTo('SPY'), 1)
  const share = '(<cmp:op> <percent:x>|<percentamount:a>)'
  condition(
    grammar,
    [
      `${share} of [stock] <predicate:p>`,
      `${share} of [stock] (trade|close) <predicate:p>`,
      `${share} stock <predicate:p>`,
      `breadth ${share} <predicate:p>`,
      `breadth <predicate:p> ${share}`,
    ],
    (m) => (c) => {
      const amount = m.maybe<Amount>('a')
      const op = m.maybe<Op>('op') ?? (amount!.bare ? '>=' : amount!.op)
      const percent = m.maybe<number>('x') ?? amount!.value
      const made = m.of<Predicate>('p')({ ...c, subject: undefined }, CLOSING)
      if (Array.isArray(made)) throw new Unclear('The share of stocks that do what?')
      return {
        d: `breadth(${made.d}) ${op} ${plain(percent / 100)}`,
        i: `breadth(pd(${made.d})) ${op} ${plain(percent / 100)}`,
        notes: [...made.notes, 'breadth is the share of the stocks of the universe'],
        about: 'breadth',
        wide: true,
      }
    },
    COST.phrase - 1,
  )
}

/** The price in units of an index: its relative strength line. */
function ratioTo(index: string): Value {
  const d = `close/on('${index}',close)`
  return daily(d, 'level', `relative strength line against ${index}`, [
    `the relative strength line is the close over that of ${index}`,
  ])
}

export const isMarket = (symbol: string) => ['SPY', 'QQQ', 'IWM', 'DIA', 'VIX'].includes(symbol)
