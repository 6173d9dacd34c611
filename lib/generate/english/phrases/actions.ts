import type { Context } from '../draft.ts'
import type { Grammar } from '../grammar.ts'
import { COST, type Join, type Role, setting } from '../phrase.ts'
import { FILLERS } from '../words.ts'

/** Verbs that say what is done, the joints between conditions, and words without meaning of their own. */
export function actions(grammar: Grammar): void {
  const action = (role: Role, patterns: string[], cost = 5, fill?: 'close') => {
    for (const pattern of patterns) grammar.rule('phrase', pattern, () => ({ is: 'action', role, fill }), cost)
  }
  const onClose = '(at|on) [market|same|same day|signal day] [on] close'
  action('long', [`(buy|enter|go long|long) [stock] ${onClose}`, 'buy market on close'], 5, 'close')
  action('short', [`(short|sell short|go short) [stock] ${onClose}`], 5, 'close')
  action('exit', [`(sell|exit) [it|position] ${onClose} (when|if|once|after)`], 5, 'close')
  action('cover', [`cover [it|position] ${onClose} (when|if|once|after)`], 5, 'close')
  action('exit', ['[sell|exit] (rest|remainder|remaining half|other half) [when|if|once]'], 8)
  setting(
    grammar,
    [
      '(at|on) [market] (next|following) [day|morning] open [price]',
      '(at|on) [market] open (tomorrow|next day|next morning)',
      '(at|on) tomorrow open',
      'on next open',
      'firsttouch',
      'at market',
    ],
    () => {},
    4,
  )
  action('long', [
    'buy [stock]',
    'go long',
    'long',
    'enter [long]',
    'enter buy',
    'get long',
    'in on',
    'get in',
    'open long [position]',
    'take long [position]',
    'buy stock',
    '(eq|arrow) (buy|long)',
    'long enter',
    'buy when',
    'accumulate',
  ])
  action('short', ['short [stock]', 'go short', 'sell short', 'enter short', 'open short [position]'])
  action(
    'exit',
    [
      'sell',
      'exit',
      'get out',
      'out',
      'close [out] (position|trade)',
      'close when',
      'sell [it|position]',
      'exit [position|trade|long]',
      '(eq|arrow) (sell|exit|out)',
      'out on',
      'take profit when',
      'close out',
      'exit when',
    ],
    6,
  )
  action('exit', ['hold until', 'hold [it|them|position] (until|till)', 'stay long until'], 4)
  action('cover', ['cover', 'buy to cover', 'cover short', 'exit short', 'buy back'])
  grammar.rule(
    'phrase',
    'reverse',
    // "the reverse" of what was said; "a gap that reverses to close up" is none
    (_m, tokens) =>
      tokens[_m.start].raw.toLowerCase().startsWith('revers') && /^revers(es|ed|ing)$/i.test(tokens[_m.start].raw)
        ? undefined
        : { is: 'action', role: 'reverse' },
    9,
  )
  grammar.rule(
    'phrase',
    '(hold|own) <symbols:s> (when|if|while)',
    (m) => ({ is: 'action', role: 'long', symbols: m.of<string[]>('s') }),
    7,
  )
  setting(
    grammar,
    [
      '(else|otherwise) [go] [to|in|hold|be in|stay in] (cash|sell|exit|out|flat|nothing)',
      '(else|otherwise) sell [it]',
    ],
    (_m, c) => {
      c.draft.otherwise = true
    },
    6,
  )

  const intent = (name: 'alert' | 'screen' | 'trade', patterns: string[], cost = 4) =>
    setting(
      grammar,
      patterns,
      (_m, c: Context) => {
        c.draft.intent[name] = true
        if (name === 'alert') c.alert = true
      },
      cost,
    )
  intent('alert', [
    '[send] alert',
    'alert [to|on|when|if|at]',
    'letmeknow',
    'send [an] alert',
    '(arrow|eq) alert',
    'give alert',
    'know when',
    'watch [for]',
    'monitor',
    'drop [line]',
  ])
  intent('screen', [
    'find',
    'which',
    'find [all] stock',
    'help identify',
    'scan for',
    'what stock',
    'find for',
    'interested in',
    'give list of',
  ])
  intent('trade', ['backtest', 'day trade', 'swing trade', 'back test'])
  setting(
    grammar,
    ['intraday', 'during session', 'in session', 'in real time', 'realtime', 'real time', 'within session'],
    (_m, c) => {
      c.draft.intraday = true
    },
    4,
  )
  setting(
    grammar,
    ['(moment|instant|second)', 'as soon as <symbols:s> trade', 'as soon as [a] stock trade'],
    (m, c) => {
      c.draft.intraday = true
      c.draft.symbols.push(...(m.maybe<string[]>('s') ?? []))
    },
    4,
  )
  setting(
    grammar,
    [
      'long only',
      'no short',
      'daily bar',
      'on daily bar',
      'daily chart',
      'on daily chart',
      'end of day',
      'on daily close',
      'on close basis',
    ],
    () => {},
    6,
  )

  const join = (name: Join, patterns: string[], cost: number = COST.join) => {
    for (const pattern of patterns) grammar.rule('phrase', pattern, () => ({ is: 'join', join: name }), cost)
  }
  join('and', [
    'and',
    '+',
    'plus',
    'but',
    'while',
    'with',
    'as well as',
    'along with',
    'together with',
    'also',
    'yet',
    'although',
    'though',
    'combined with',
    'in addition to',
    '/',
    'that',
    'among',
  ])
  join('or', ['or', 'or else'])
  join('either', ['either'], 1)
  grammar.rule('phrase', 'both', () => ({ is: 'filler' }), COST.filler)
  join('neither', ['neither'], 3)
  join('nor', ['nor'], 3)
  join('not', ['not', 'no', 'without', 'unless', 'exclude (when|if|where)', 'unless when', 'but not if', 'never'], 4)
  join(',', [','])
  join(';', [';', 'then'])
  join('.', ['.'])
  join(':', [':'])
  join('arrow', ['arrow', 'eq'], 4)
  join(
    'when',
    [
      'when',
      'if',
      'whenever',
      'once',
      'as soon as',
      'every time',
      'only if',
      'only when',
      'provided',
      'as long as',
      'on',
      'on condition',
      'in case',
    ],
    1,
  )
  join('after', ['after', 'following', 'that come after', 'come after'])
  join('next', [
    '[be] following [next day|immediately] by [a|an]',
    'and then next day',
    'then next day',
    '[and] next day',
  ])
  for (const word of FILLERS) grammar.rule('phrase', word, () => ({ is: 'filler' }), COST.filler)
  for (const mark of ['lp', 'rp']) grammar.rule('phrase', mark, () => ({ is: 'paren', open: mark === 'lp' }), 1)
  for (const words of [
    'on same day',
    'same day',
    'in market',
    'on day when',
    'on day',
    'use',
    'day with',
    'take',
    'on chart',
    'so that',
    'in order to',
    'on day',
    'at end of day',
    'as follow',
    'on first',
    'portfolio',
    'portfolio of',
    'in stock',
    'of stock',
    'among all stock',
    'one',
    'signal bar',
    '[do] not short',
    '(no|never) short [sell]',
    'never go short',
    '(no|without) stop [loss]',
    'long only',
  ])
    grammar.rule('phrase', words, () => ({ is: 'filler' }), COST.filler)
}
