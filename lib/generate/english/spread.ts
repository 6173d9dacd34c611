import { denied, type Linked } from './linked.ts'
import { type OverTime, overTime, together } from './over-time.ts'

/** Spreads the last condition of a list over days; the conditions of one phrase as one. */
export function spread(list: Linked[], over: OverTime): void {
  const last = list.at(-1)
  if (!last) return
  const first = list.findIndex((one) => one.phrase === last.phrase && one.phrase !== undefined)
  const group = first < 0 ? [last] : list.slice(first)
  const whole = together(group.map((one) => one.denies ?? one.condition))
  const denies = group.some((one) => one.denies)
  // "not below 30 in the last 5 days": on none of them; "not above for 5 days": on each of them not
  const eachDenied = denies && (over.how === 'all' || over.how === 'ago')
  const condition = overTime(eachDenied ? denied(whole) : whole, over)
  const changed: Linked = {
    ...group[0],
    closes: group.reduce((sum, one) => sum + one.closes, 0),
    condition: denies && !eachDenied ? denied(condition) : condition,
  }
  list.splice(list.length - group.length, group.length, changed)
}
