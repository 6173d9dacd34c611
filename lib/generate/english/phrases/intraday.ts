import type { Context } from '../draft.ts'
import type { Grammar } from '../grammar.ts'
import { type Condition, plain, Unclear, type Value } from '../meaning.ts'
import { apart } from '../measure.ts'
import { COST, condition, setting, value } from '../phrase.ts'
import { CLOSING, previousClose } from './prices.ts'
import type { Amount } from './quantities.ts'

const PRE: Value = { d: 'pm_last()', i: 'pm_last()', dimension: 'price', notes: [], about: 'premarket' }

/** Times of day, the opening range, the pre-market, moves since the open. */
export function intraday(grammar: Grammar): void {
  setting(grammar, ['at <clock:t>', '<clock:t>', '(at|by|as of) <clock:t> [new york|et|eastern]'], (m, c) => {
    const minutes = m.of<number>('t')
    c.draft.intraday = true
    if (minutes >= 570 && minutes <= 960) c.draft.minute = minutes - 570
    else c.draft.at = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
    if (minutes === 570) {
      c.draft.minute = undefined
      c.draft.at = '09:30'
    }
  })
  const clock = (words: string, op: string) =>
    condition(
      grammar,
      `${words} <clock:t> [new york|et|eastern]`,
      (m) => (c) => {
        const minutes = m.of<number>('t') - 570
        if (minutes < 0 || minutes > 390) throw new Unclear('A time outside the session: 09:30 to 16:00 New York.')
        c.draft.intraday = true
        const text = `tod() ${op} ${minutes}`
        return {
          d: '',
          i: text,
          notes: ['times are New York time, at the end of the bar'],
          about: 'time',
          intraday: true,
        }
      },
      COST.phrase - 2,
    )
  clock('after', '>')
  clock('(before|until|prior to)', '<')
  clock('(from|at or after|since)', '>=')
  condition(grammar, 'between <clock:a> and <clock:b>', (m) => (c) => {
    c.draft.intraday = true
    const [from, to] = [m.of<number>('a') - 570, m.of<number>('b') - 570]
    return {
      d: '',
      i: `tod() >= ${from} and tod() <= ${to}`,
      notes: ['times are New York time, at the end of the bar'],
      about: 'time',
      intraday: true,
    }
  })
  condition(grammar, ['(in|within|during) first <num:n> minute', '(in|within|during) first hour'], (m) => (c) => {
    c.draft.intraday = true
    const n = m.maybe<number>('n') ?? 60
    return { d: '', i: `tod() <= ${n}`, notes: [], about: 'time', intraday: true }
  })
  condition(grammar, ['(in|within|during) last <num:n> minute', '(in|within|during) last hour'], (m) => (c) => {
    c.draft.intraday = true
    const n = m.maybe<number>('n') ?? 60
    return { d: '', i: `minutes_left() < ${n}`, notes: [], about: 'time', intraday: true }
  })
  const frame = { 1: '1m', 5: '5m', 15: '15m', 60: '1h' } as const
  setting(
    grammar,
    ['[on] [the] <num:n> (minute|m) (bar|chart)', '[on] hourly [bar|chart]', '<num:n> hour (bar|chart)'],
    (m, c) => {
      const n = m.maybe<number>('n')
      const size = n === undefined || (n === 1 && c.words.has('hour')) ? 60 : n
      if (!(size in frame)) throw new Unclear(`${plain(size)}-minute bars are not stored: 1, 5, 15 or 60 minutes?`)
      c.draft.timeframe = frame[size as 5]
      c.draft.intraday = true
      c.draft.chart = true
    },
  )

  value(grammar, '<num:n> (minute|m) close', (m) => (c) => {
    const size = m.of<number>('n')
    if (!(size in frame)) throw new Unclear(`${plain(size)}-minute bars are not stored: 1, 5, 15 or 60 minutes?`)
    c.draft.timeframe = frame[size as 5]
    c.draft.intraday = true
    return CLOSING
  })
  for (const [word, name] of [
    ['high', 'dhigh()'],
    ['low', 'dlow()'],
  ])
    condition(grammar, `at ${word} of day`, () => (c) => {
      c.draft.intraday = true
      return {
        d: `close == ${word}`,
        i: `close == ${name}`,
        notes: [`at its ${word} of the day so far`],
        about: word,
        intraday: true,
      }
    })

  // the opening range
  const opening = (minutes: number, c: Context) => {
    c.opening = minutes
    c.draft.intraday = true
    c.draft.notes.push(`the opening range is the first ${minutes} minutes of the session`)
  }
  setting(grammar, ['<num:n> (minute|m) opening range', '[once] first <num:n> minute (over|past|done|up)'], (m, c) =>
    opening(m.of('n'), c),
  )
  const breaks =
    (up: boolean) =>
    (c: Context): Condition => {
      const n = c.opening
      if (n === undefined) {
        if (c.words.has('opening')) throw new Unclear('How many minutes is the opening range?')
        throw new Unclear('Which range is broken?')
      }
      c.draft.intraday = true
      return {
        d: '',
        i: up ? `tod() > ${n} and close > orh(${n})` : `tod() > ${n} and close < orl(${n})`,
        notes: [],
        about: 'opening range',
        intraday: true,
      }
    }
  // the set-up by its name: a close above the range, unless the words say which close
  condition(
    grammar,
    ['<num:n> (minute|m) (opening range breakout|orb)', '(opening range breakout|orb) [lp] <num:n> (minute|m) [rp]'],
    (m) => (c) => {
      opening(m.of('n'), c)
      return { ...breaks(true)(c), about: 'orb', concept: ['opening range'] }
    },
  )
  const bar = '[first|1st] [<num> (minute|m)] [bar]'
  const once = (c: Context) => {
    c.draft.once = true
  }
  condition(
    grammar,
    [
      `first <num:n> (minute|m) (close|bar close) above [(range|high of range)]`,
      `1st <num:n> (minute|m) close above [range]`,
      `first <num:n> (minute|m) bar close (above|higher than) [range]`,
      `first close above range`,
    ],
    (m) => (c) => {
      const size = m.maybe<number>('n') ?? 5
      if (!(size in frame)) throw new Unclear(`${plain(size)}-minute bars are not stored: 1, 5, 15 or 60 minutes?`)
      c.draft.timeframe = frame[size as 5]
      once(c)
      return breaks(true)(c)
    },
  )
  condition(grammar, [`first <num:n> (minute|m) (close|bar close) below [(range|low of range)]`], () => (c) => {
    once(c)
    return breaks(false)(c)
  })
  condition(
    grammar,
    [
      `close ${bar} (above|higher than|over) [opening] range`,
      '(break|breakout) (above|out of|over|of) opening range',
      'opening range breakout',
    ],
    () => breaks(true),
    COST.phrase + 1,
  )
  setting(
    grammar,
    [
      '(1 trade|one trade|1 enter) (per|a|each) day',
      '1 trade (per day|day|daily)',
      '(max|atmost|no more than|only) (1|one|<num>) trade [per|a|each] (day|daily)',
      'one trade day',
      '<num:n> trade [per|a|each] (day|daily)',
    ],
    (m, c) => {
      if ((m.maybe<number>('n') ?? 1) !== 1) throw new Unclear('Only one trade per symbol and day can be asked for.')
      once(c)
    },
  )

  // the pre-market
  const pre = '[in|during] premarket'
  const gap = (amount: Amount, up: boolean): Condition => ({
    ...apart(PRE, amount.op, amount.value, up, previousClose()),
    notes: ['the pre-market gap: the last pre-market price against the previous close'],
    about: 'premarket',
    intraday: true,
  })
  condition(
    grammar,
    [
      `gap [up|higher] <percentamount:x> ${pre}`,
      `premarket (gap|gapper) [up] <percentamount:x>`,
      `premarket (up|gain|gainer) <percentamount:x>`,
      `(up|gain) <percentamount:x> ${pre}`,
      `(down|fall|lose|gap down) <percentamount:x> ${pre}`,
    ],
    (m, tokens) => (c) => {
      c.draft.intraday = true
      return gap(m.of('x'), !tokens.slice(m.start, m.end).some((token) => /^(down|fall|lose)$/.test(token.text)))
    },
    COST.phrase - 1,
  )
  condition(
    grammar,
    [
      `(on|with) <shareamount:x> [premarket|in premarket]`,
      `premarket (volume|vol) <bigamount:x> [share]`,
      `premarket (volume|vol) of <bigamount:x> [share]`,
      `[on] (volume|vol) [of] <bigamount:x> [share] ${pre}`,
      `<shareamount:x>`,
    ],
    (m) => (c) => {
      const { op, value: size } = m.of<Amount>('x')
      const within = c.words.has('premarket')
      if (!within && !c.draft.intraday)
        return {
          d: `raw_volume ${op} ${plain(size)}`,
          i: `raw_dvol() ${op} ${plain(size)}`,
          notes: ['share counts are as traded'],
          about: 'volume',
        }
      const name = within ? 'raw_pm_volume()' : 'raw_dvol()'
      return {
        d: '',
        i: `${name} ${op} ${plain(size)}`,
        notes: ['share counts are as traded'],
        about: 'volume',
        intraday: true,
      }
    },
  )

  setting(grammar, '(for|at|by) [this|same] time of day', (_m, c) => {
    c.draft.intraday = true
  })
  condition(grammar, [`[trade|did|do|volume of] <shareamount:x> [by then|far|today|already]`], (m) => (c) => {
    const { op, value: size } = m.of<Amount>('x')
    return {
      d: `raw_volume ${op} ${plain(size)}`,
      i: `${c.words.has('premarket') ? 'raw_pm_volume()' : 'raw_dvol()'} ${op} ${plain(size)}`,
      notes: ['share counts are as traded'],
      about: 'volume',
    }
  })
}
