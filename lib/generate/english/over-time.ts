import { type Condition, conditionEarlier, plain, Unclear } from './meaning.ts'

/** How a condition is spread over days: on all of them, on one, on k of n, days ago, for the first time. */
export type OverTime =
  | { how: 'all' | 'any' | 'ago' | 'first'; n: number }
  | { how: 'count'; n: number; k: number }
  | { how: 'wk' | 'mo' }

/** The condition spread over days. */
export function overTime(condition: Condition, over: OverTime): Condition {
  switch (over.how) {
    case 'ago':
      return condition.prior ? condition : conditionEarlier(condition, over.n)
    case 'first':
      return firstIn(condition, over.n)
    case 'wk':
    case 'mo': {
      const d = `${over.how}(${condition.d})`
      const bars = over.how === 'wk' ? 'weekly' : 'monthly'
      const notes = [
        ...condition.notes,
        `on ${bars} bars, read at the last ${bars.slice(0, -2)} completed by the close`,
      ]
      return { ...condition, d, i: `pd(${d})`, notes, rank: undefined, bound: undefined }
    }
    default: {
      const { n } = over
      if (/\b(yoy|ly|pq)\(/.test(condition.d))
        throw new Unclear('Company figures are compared report by report: in each of how many quarters?')
      const d = over.how === 'count' ? `count(${condition.d},${n}) >= ${over.k}` : `${over.how}(${condition.d},${n})`
      const note =
        over.how === 'count'
          ? `on at least ${over.k} of the last ${n} sessions, today included`
          : over.how === 'all'
            ? `on each of the last ${n} sessions, today included`
            : `on at least one of the last ${n} sessions, today included`
      return { ...condition, d, i: `pd(${d})`, notes: [...condition.notes, note], rank: undefined, bound: undefined }
    }
  }
}

/** Conditions of one phrase as one. */
export function together(conditions: readonly Condition[]): Condition {
  const [first, ...rest] = conditions
  if (rest.length === 0) return first
  return {
    ...first,
    d: conditions.map((one) => one.d).join(' and '),
    i: conditions.map((one) => one.i).join(' and '),
    notes: conditions.flatMap((one) => one.notes),
    rank: undefined,
    bound: undefined,
  }
}

/** True now, on none of the n sessions before. */
function firstIn(condition: Condition, n: number): Condition {
  return {
    ...condition,
    d: `${condition.d} and count(${condition.d},${n})[1] == 0`,
    i: `${condition.i} and pd(count(${condition.d},${n})) == 0`,
    notes: [...condition.notes, `for the first time: on none of the ${plain(n)} sessions before`],
  }
}
