import type { Context } from '../draft.ts'
import type { Grammar } from '../grammar.ts'
import { CLOSE, type Condition, type Op, type Value } from '../meaning.ts'
import { against } from '../measure.ts'
import { COST, condition, type ValueOf } from '../phrase.ts'
import { average } from './prices.ts'
import type { Period } from './quantities.ts'

/** Averages against each other: golden and death crosses, several averages at once, stacked averages. */
export function averages(grammar: Grammar): void {
  const rule = grammar.rule.bind(grammar)
  const cross = (up: boolean, fast: Value, slow: Value, name: string): Condition => ({
    d: `${up ? 'crosses_above' : 'crosses_below'}(${fast.d}, ${slow.d})`,
    i: `pd(${up ? 'crosses_above' : 'crosses_below'}(${fast.d}, ${slow.d}))`,
    notes: name ? [name] : [],
    about: 'averages',
  })
  const day = (n: number, kind: 'sma' | 'ema' = 'sma') => average(kind, { n, unit: 'day', count: n })
  condition(
    grammar,
    ['golden (cross|crossover)'],
    () => () => cross(true, day(50), day(200), 'a golden cross: the 50-day average crosses above the 200-day'),
  )
  condition(
    grammar,
    ['death (cross|crossover)'],
    () => () => cross(false, day(50), day(200), 'a death cross: the 50-day average crosses below the 200-day'),
  )
  for (const [words, up] of [
    ['(cross [up] [above|over]|cross up through|crossover)', true],
    ['(cross [down] below|cross down through|cross down)', false],
  ] as const)
    condition(
      grammar,
      `<num:a> [day] ${words} <num:b> [day] [<kind:k>]`,
      (m) => () => cross(up, day(m.of('a'), m.maybe('k')), day(m.of('b'), m.maybe('k')), ''),
      COST.phrase + 2,
    )
  rule('kind', '(avg|sma|dma)', () => 'sma')
  rule('kind', 'ema', () => 'ema')
  condition(
    grammar,
    '<num:a> [day] <kind:k> [cross|crossover] (above|over|cross above|cross over) <num:b> [day] [<kind>]',
    (m) => () => ({ ...against(day(m.of('a'), m.of('k')), '>', day(m.of('b'), m.of('k'))), rank: undefined }),
    COST.phrase + 1,
  )

  // "20 > 50 > 200 SMA"
  condition(
    grammar,
    [
      '<num:a> [day] <cmp:op> <num:b> [day] <cmp:op> <num:c> [day] <kind:k>',
      '<num:a> [day] <cmp:op> <num:b> [day] <kind:k>',
    ],
    (m) => {
      const ops = m.every<Op>('op')
      const values = ['a', 'b', 'c'].flatMap((key) => m.maybe<number>(key) ?? []).map((n) => day(n, m.of('k')))
      return () => ops.map((op, at) => against(values[at], op, values[at + 1]))
    },
    COST.phrase + 1,
  )
  // several averages at once
  rule('length', '<num:n> [day]', (m) => m.of('n'))
  grammar.list('numbers', 'length', ',|and|/|, and|+|, +')
  rule('averagelist', '<numbers:n> [day] [simple] <kind:k>', (m) => {
    const all = m.of<number[]>('n')
    return all.length > 1 ? all.map((n) => day(n, m.of('k'))) : undefined
  })
  condition(grammar, ['[<value:s>] [trade] <cmp:op> [both|all] [of] <averagelist:l>'], (m) => (c) => {
    const subject = m.maybe<ValueOf>('s')?.(c) ?? CLOSE
    const values = m.of<Value[]>('l')
    const conditions = values.map((one) => against(subject, m.of<Op>('op'), one))
    // the longest average orders the list
    const longest = conditions.at(-1)
    if (longest?.rank) longest.rank.weight += 0.5
    c.averages = { values, conditions }
    c.average = values.at(-1)
    return conditions
  })
  const stacked =
    (up: boolean) =>
    (c: Context): Condition => {
      const list = c.averages
      const values = list?.values ?? [day(20), day(50), day(200)]
      const chain = values.map((one) => one.d).join(up ? ' > ' : ' < ')
      const joins = list?.conditions.every((one) => one.d.startsWith(`close ${up ? '>' : '<'} `))
      const d = joins ? `close ${up ? '>' : '<'} ${chain}` : chain
      const notes = [`stacked averages: ${values.map((one) => one.about).join(up ? ' above ' : ' below ')}`]
      return {
        d,
        i: joins ? `close ${up ? '>' : '<'} ${values.map((one) => one.i).join(up ? ' > ' : ' < ')}` : `pd(${chain})`,
        notes,
        about: 'averages',
        replaces: joins ? list!.conditions : [],
        rank: { by: `close/${values.at(-1)!.d}-1`, order: up ? 'desc' : 'asc', weight: 2 },
      }
    }
  condition(
    grammar,
    [
      '[with] [avg] stack [in] bullish rank',
      '[with] [avg] in bullish rank',
      'avg stack [bullish|bullishly]',
      'bullish stack [avg]',
      'bullish rank',
    ],
    () => stacked(true),
  )
  condition(grammar, ['[with] [avg] stack [in] bearish rank', '[with] [avg] in bearish rank', 'bearish rank'], () =>
    stacked(false),
  )
  condition(
    grammar,
    '<period:a> [avg] highest [of avg] and <period:b> [avg] lowest [of avg]',
    (m) => (c) => stacked(m.of<Period>('a').n < m.of<Period>('b').n)(c),
  )
  for (const [word, up] of [
    ['bullish', true],
    ['bearish', false],
  ] as const)
    condition(grammar, `<averagelist:l> [stack] [in] ${word} rank`, (m) => (c) => {
      c.averages = { values: m.of('l'), conditions: [] }
      const chain = m
        .of<Value[]>('l')
        .map((one) => one.d)
        .join(up ? ' > ' : ' < ')
      return { ...stacked(up)(c), d: chain, i: `pd(${chain})` }
    })
}
