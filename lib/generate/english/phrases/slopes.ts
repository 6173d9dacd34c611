import { ago, CLOSE, earlier, fraction, isUp, type Op, Unclear, type Value } from '../meaning.ts'
import { against, bounded, onSameBars } from '../measure.ts'
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
    const subject = said ?? context.subject ?? (span.each ? CLOSE : undefined)
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
    const bars = subject.on?.bars
    const inner = bars && onSameBars(bars, value)
    const left = inner ? subject.on!.text : subject.d
    const right = inner ?? value.d
    const rises = `${right} ${slopeOp} ${ago(right, 1)}`
    const chain = isUp(op) === (slopeOp === '>') ? `${left} ${op} ${rises}` : `${left} ${op} ${right} and ${rises}`
    return {
      d: inner ? `${bars}(${chain})` : chain,
      i: inner ? `pd(${bars}(${chain}))` : `${subject.i} ${op} ${value.i} and pd(${rises})`,
      notes: [...value.notes, 'rising and falling: against the bar before'],
      about: subject.about,
      rank: inner ? undefined : { by: `${left}/${right}-1`, order: isUp(op) ? 'desc' : 'asc', weight: 2 },
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

/** The highest or lowest of its own last n values, today included. */
export function recordOf(high: boolean, n: number): Predicate {
  return (context, said) => {
    const subject = said ?? context.subject
    if (!subject) throw new Unclear(`${high ? 'The highest' : 'The lowest'} of what?`)
    const d = `${subject.d} == ${high ? 'highest' : 'lowest'}(${subject.d},${n})`
    return {
      d,
      i: `pd(${d})`,
      notes: [...subject.notes, `the ${high ? 'highest' : 'lowest'} of ${n} sessions, today included`],
      about: subject.about,
      rank: { by: subject.d, order: high ? 'desc' : 'asc', weight: 3 },
    }
  }
}

/** Among the lowest (or highest) share of its own n values before. */
export function rankedIn(high: boolean, percent: number, n: number): Predicate {
  return (context, said) => {
    const subject = said ?? context.subject
    if (!subject) throw new Unclear('Low or high among its own values: which value?')
    const d = `pct_rank(${subject.d},${n})`
    const bound = high ? `>= ${fraction(100 - percent)}` : `<= ${fraction(percent)}`
    return {
      d: `${d} ${bound}`,
      i: `pd(${d}) ${bound}`,
      notes: [...subject.notes, `the share of its own ${n} values before that are lower`],
      about: subject.about,
      rank: { by: d, order: high ? 'desc' : 'asc', weight: 3 },
    }
  }
}
