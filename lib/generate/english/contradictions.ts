import type { Linked } from './linked.ts'
import { isUp, plain } from './meaning.ts'

/** Why conditions that must hold together never can, or undefined: two bounds on the same value exclude each other. */
export function contradiction(list: readonly Linked[]): string | undefined {
  let group: Linked[] = []
  const groups = [group]
  for (const one of list) {
    if (one.link === 'or' && group.length) groups.push((group = []))
    group.push(one)
  }
  // one alternative that can hold is enough
  const reasons = groups.map(excluded)
  return reasons.every((one) => one !== undefined) ? reasons[0] : undefined
}

function excluded(list: readonly Linked[]): string | undefined {
  const bounds = list.flatMap((one) =>
    one.condition.bound ? [{ ...one.condition.bound, about: one.condition.about }] : [],
  )
  for (const low of bounds)
    for (const high of bounds) {
      if (low.of !== high.of || !isUp(low.op) || (high.op !== '<' && high.op !== '<=')) continue
      const touching = low.op === '>=' && high.op === '<='
      if (low.value > high.value || (low.value === high.value && !touching))
        return `${low.about} cannot be above ${plain(low.value)} and below ${plain(high.value)} at the same time: the rule would never be true.`
    }
  for (const { op, value, of, about } of bounds)
    if (
      /^(rsi|stoch_|mfi|adx|pdi|mdi)/.test(of) &&
      ((op === '>' && value >= 100) || (op === '<' && value <= 0) || (op === '>=' && value > 100))
    )
      return `${about} runs from 0 to 100: it is never ${isUp(op) ? 'above' : 'below'} ${plain(value)}.`
  return undefined
}
