import {
  ago,
  CLOSE,
  type Condition,
  compare,
  factor,
  fraction,
  isUp,
  type Op,
  plain,
  Unclear,
  type Value,
} from './meaning.ts'
import { CLOSING } from './phrases/prices.ts'

export type Unit = 'num' | 'pct' | 'money'

/** A value's text on weekly or monthly bars; undefined where it counts days. */
export function onSameBars(bars: 'wk' | 'mo', value: Value): string | undefined {
  if (value.on) return value.on.bars === bars ? value.on.text : undefined
  return value.counted?.[bars] ?? (value.averaged || value.extreme || value.raw ? undefined : value.d)
}

/** An average of whatever it is compared with: "the RSI above its 9-day average". */
export function rebased(subject: Value | undefined, value: Value): Value {
  const own = value.averaged
  if (!own || !subject || subject.pronoun || subject.on) return value
  if (subject.dimension === 'price' && !subject.d.startsWith('atr(')) return value
  const { kind, n } = own
  const past = subject.dimension === 'volume' && !subject.volumeAverage
  const d = past ? `${kind}(volume,${n})[1]` : `${kind}(${subject.d},${n})`
  const notes = [
    past
      ? `the ${n}-session average volume is the one of the ${n} sessions before today`
      : `the ${n}-session average of ${subject.about}, today included`,
  ]
  const i = past ? `pd(${kind}(volume,${n}))` : `pd(${d})`
  return { ...subject, d, i, notes, about: `average ${subject.about}`, raw: undefined, extreme: undefined }
}

/** The literal a value is compared with, in the value's own unit. */
export function literal(value: Value, number: number, unit: Unit): { text: string; notes: string[] } {
  if (value.dimension === 'fraction') {
    if (unit === 'pct') return { text: fraction(number), notes: [] }
    if (Math.abs(number) >= 1)
      return { text: fraction(number), notes: [`${plain(number)} is read as ${plain(number)} % of ${value.about}`] }
    return { text: plain(number), notes: [] }
  }
  // an oscillator runs from 0 to 100: "30%" of it is 30
  if (unit === 'pct' && !/^(rsi|stoch|mfi|adx|pdi|mdi|willr|wk\(rsi)/.test(value.d))
    return { text: fraction(number), notes: [] }
  return { text: plain(number), notes: [] }
}

/** A value against a number. Dollar amounts and share counts are compared as traded. */
export function bounded(value: Value, op: Op, number: number, unit: Unit): Condition {
  if (unit === 'pct' && ['price', 'volume', 'money'].includes(value.dimension))
    throw new Unclear(`${plain(number)} % of what?`)
  if (unit === 'money' && number >= 1e6 && value.dimension === 'price')
    throw new Unclear(`$${plain(number)} of what: market cap, dollar volume, sales?`)
  if (number < 0 && (value.dimension === 'price' || value.dimension === 'volume'))
    throw new Unclear(`What is compared with ${plain(number)}? ${value.about} is never below 0.`)
  const { text, notes } = literal(value, number, unit)
  const as = value.raw ?? value
  const said = value.raw
    ? [`${value.dimension === 'volume' ? 'share counts' : 'price levels'} are compared as traded, before splits`]
    : []
  return {
    d: `${as.d} ${op} ${text}`,
    i: `${as.i} ${op} ${text}`,
    notes: [...value.notes, ...said, ...notes],
    about: value.about,
    bound: { of: as.d, op, value: Number(text) },
    rank: value.raw
      ? undefined
      : { by: value.d, i: value.i, order: value.order ?? (isUp(op) ? 'desc' : 'asc'), weight: value.order ? 4 : 3 },
  }
}

/** A value against another value. */
export function against(left: Value, op: Op, right: Value, scale?: number): Condition {
  if (left.d === right.d && scale === undefined)
    throw new Unclear(`${left.about} is compared with itself: with what else?`)
  const inner = left.on && scale === undefined ? onSameBars(left.on.bars, right) : undefined
  if (inner !== undefined) {
    const text = `${left.on!.bars}(${left.on!.text} ${op} ${right.extreme ? ago(inner, 1) : inner})`
    return { d: text, i: `pd(${text})`, notes: [...left.notes, ...right.notes], about: left.about }
  }
  if (right.extreme && left.dimension === 'price' && scale === undefined) return broken(left, op, right)
  const by = scale === undefined ? '' : `${plain(scale)}*`
  const scaled = { ...right, d: by + factor(right.d), i: by + factor(right.i) }
  const condition = compare(left, op, scale === undefined ? right : scaled)
  const order = isUp(op) ? 'desc' : 'asc'
  if (left.dimension === 'price') {
    if (left.d === 'close')
      condition.rank = { by: `close/${factor(right.d)}-1`, i: `close/${factor(right.i)}-1`, order, weight: 2 }
  } else if (left.dimension === 'volume')
    condition.rank = {
      by: `${left.d}/${factor(right.d)}`,
      order,
      weight: right.volumeAverage && left.volumeAverage ? 3 : 1,
    }
  else if (ago(left.d, 1) !== right.d) condition.rank = { by: `${left.d}-${factor(right.d)}`, order, weight: 1 }
  return condition
}

/**
 * A high or low of n sessions taken out: today against the n sessions before. The close is compared where the words say
 * close (or speak of closing highs), else the day's high or low.
 */
export function broken(left: Value, op: Op, right: Value): Condition {
  const { high, of, n } = right.extreme!
  const notes = [...right.notes, `a ${n}-session ${high ? 'high' : 'low'} is the one of the ${n} sessions before today`]
  const closing = left.about === CLOSING.about || of === 'close' || isUp(op) !== high
  const subject = left.d !== 'close' ? left : closing ? CLOSE : undefined
  const own = subject ? subject.d : high ? 'high' : 'low'
  const inside = subject ? subject.i : high ? 'dhigh()' : 'dlow()'
  return { d: `${own} ${op} ${ago(right.d, 1)}`, i: `${inside} ${op} ${right.i}`, notes, about: right.about }
}

/** The value at its own highest or lowest of n sessions, today included. */
export function atExtreme(left: Value, right: Value): Condition {
  const { high, of, n } = right.extreme!
  const name = high ? 'highest' : 'lowest'
  const price = left.dimension === 'price' && left.d === 'close'
  const own = price ? (left.about === CLOSING.about || of === 'close' ? 'close' : of) : left.d
  const notes = [...left.notes, ...right.notes, `at its ${n}-session ${high ? 'high' : 'low'}: today included`]
  return {
    d: `${own} == ${name}(${own},${n})`,
    i: `pd(${own} == ${name}(${own},${n}))`,
    notes,
    about: left.about,
    rank: price ? undefined : { by: own, order: high ? 'desc' : 'asc', weight: 4 },
  }
}

/** Not further than a share away: from a high (below it), from a low (above it), from anything else on either side. */
export function near(left: Value, percent: number, right: Value): Condition {
  const ofDay = right.d === 'high' ? true : right.d === 'low' ? false : undefined
  const extreme = right.extreme ?? (ofDay === undefined ? undefined : { high: ofDay })
  const notes = [...left.notes, ...right.notes]
  if (extreme) {
    const by = plain(extreme.high ? (100 - percent) / 100 : (100 + percent) / 100)
    const op = extreme.high ? '>=' : '<='
    return {
      d: `${left.d} ${op} ${by}*${right.d}`,
      i: `${left.i} ${op} ${by}*${right.i}`,
      notes: [...notes, 'measured on the close, today included'],
      about: right.about,
      rank: { by: `${left.d}/${right.d}`, i: `${left.i}/${right.i}`, order: extreme.high ? 'desc' : 'asc', weight: 1 },
    }
  }
  return {
    d: `abs(${factor(left.d)}/${factor(right.d)}-1) <= ${fraction(percent)}`,
    i: `abs(${factor(left.i)}/${factor(right.i)}-1) <= ${fraction(percent)}`,
    notes,
    about: left.about,
  }
}

/** A stated share above or below a level: "10% above its 50-day average". */
export function apart(left: Value, op: Op, percent: number, up: boolean, right: Value): Condition {
  const share = (l: string, r: string) => `${factor(l)}/${factor(r)}-1`
  const how = up ? op : op === '>=' ? '<=' : op === '>' ? '<' : op === '<=' ? '>=' : op === '<' ? '>' : op
  const text = up ? fraction(percent) : `-${fraction(percent)}`
  return {
    d: `${share(left.d, right.d)} ${how} ${text}`,
    i: `${share(left.i, right.i)} ${how} ${text}`,
    notes: [...left.notes, ...right.notes],
    about: left.about,
    rank: { by: share(left.d, right.d), i: share(left.i, right.i), order: up ? 'desc' : 'asc', weight: 3 },
    bound: { of: share(left.d, right.d), op: how, value: Number(text) },
  }
}
