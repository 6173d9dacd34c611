import { ago, CLOSE, earlier, isUp, type Op, Unclear, type Value } from '../meaning.ts'
import { against, bounded } from '../measure.ts'
import type { Predicate, ValueOf } from '../phrase.ts'
import type { Amount, Span } from './quantities.ts'

/** Rising or falling against the bar before. */
export function slope(op: '>' | '<'): Predicate {
  return (context, said) => {
    const subject = said ?? context.subject
    if (!subject) throw new Unclear('Rising or falling: which value?')
    return against(subject, op, { ...earlier(subject, 1), notes: [] })
  }
}

/** n comparisons in a row. */
export function streak(name: 'rising' | 'falling', span: Span): Predicate {
  return (context, said) => {
    const subject = said ?? context.subject
    if (!subject) throw new Unclear('Rising or falling: which value?')
    const d = `${name}(${subject.d},${span.n})`
    return {
      d,
      i: `pd(${d})`,
      notes: [`${name} for ${span.n} sessions: ${span.n} comparisons in a row`],
      about: subject.about,
    }
  }
}

/** Above an average that itself rises: one chain. */
export function sloping(op: Op, of: ValueOf, slopeOp: '>' | '<'): Predicate {
  return (context, said) => {
    const value = of(context)
    const subject = said ?? CLOSE
    const weekly = subject.weekly && value.weekly
    const left = weekly ? subject.weekly! : subject.d
    const right = weekly ? value.weekly! : value.d
    const rises = `${right} ${slopeOp} ${ago(right, 1)}`
    const chain = isUp(op) === (slopeOp === '>') ? `${left} ${op} ${rises}` : `${left} ${op} ${right} and ${rises}`
    return {
      d: weekly ? `wk(${chain})` : chain,
      i: weekly ? `pd(wk(${chain}))` : `${subject.i} ${op} ${value.i} and pd(${rises})`,
      notes: [...value.notes, 'rising and falling: against the bar before'],
      about: subject.about,
      rank: weekly ? undefined : { by: `${left}/${right}-1`, order: isUp(op) ? 'desc' : 'asc', weight: 2 },
    }
  }
}

/** So many ATRs above or below a level. */
export function stretched(amount: Amount, up: boolean, of: ValueOf, n = 14): Predicate {
  return (context, said) => {
    const value = of(context)
    const subject = said ?? CLOSE
    const text = (left: string, right: string) => (up ? `(${left}-${right})/atr(${n})` : `(${right}-${left})/atr(${n})`)
    const measure: Value = {
      d: text(subject.d, value.d),
      i: text(subject.i, value.i).replace(/atr\(\d+\)/, (atr) => `pd(${atr})`),
      dimension: 'level',
      notes: n === 14 ? ['ATR is the 14-session average true range'] : [],
      about: 'distance in ATRs',
      order: 'desc',
    }
    context.loose = undefined
    context.mentioned = measure
    return bounded(measure, amount.op, amount.value, 'num')
  }
}
