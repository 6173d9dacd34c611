import type { Condition, Op } from './meaning.ts'

/** A condition with the joint before it. */
export interface Linked {
  condition: Condition
  /** how it hangs on the one before it: a comma takes the joint of the list it stands in */
  link: 'and' | 'or' | ','
  /** a new sentence, clause or "when" begins here */
  starts: '' | 'when' | ';' | '.'
  /** parentheses opened before and closed after */
  opens: number
  closes: number
  /** the phrase it comes from: conditions of one phrase are changed together */
  phrase?: object
  /** the condition that is denied here */
  denies?: Condition
}

/** A condition with nothing around it. */
export const alone = (condition: Condition): Linked => ({ condition, link: 'and', starts: '', opens: 0, closes: 0 })

/** "not" before a condition. */
export function denied(condition: Condition): Condition {
  return { ...condition, d: negated(condition.d), i: negated(condition.i), rank: undefined, bound: undefined }
}

const negated = (text: string) =>
  text === '' ? '' : /^[a-z_]+\([^()]*\)$/.test(text) ? `not ${text}` : `not (${text})`

/**
 * One text of several conditions: "and" binds closer than "or", commas take the joint of the list they stand in, and
 * parentheses that hold more than one condition are kept.
 */
export function joined(list: readonly Linked[], which: 'd' | 'i'): string {
  const links = list.map((one) => one.link)
  for (let at = links.length - 1; at > 0; at--) if (links[at] === ',') links[at] = links[at + 1] === 'or' ? 'or' : 'and'
  let text = ''
  let depth = 0
  list.forEach((one, index) => {
    if (index) text += ` ${links[index]} `
    const closes = Math.min(one.closes, depth + one.opens)
    // one condition alone in parentheses needs none
    const own = Math.min(one.opens, closes)
    text +=
      '('.repeat(one.opens - own) +
      (one.condition[which] || one.condition.d || one.condition.i) +
      ')'.repeat(closes - own)
    depth += one.opens - closes
  })
  return text + ')'.repeat(Math.max(depth, 0))
}

/** "At least two of these": a sum of truth values. */
export function counted(members: readonly Linked[], op: Op, n: number): Condition {
  const text = (which: 'd' | 'i') => `${members.map((one) => `(${joined([one], which)})`).join(' + ')} ${op} ${n}`
  return { d: text('d'), i: text('i'), notes: members.flatMap((one) => one.condition.notes), about: 'several' }
}
