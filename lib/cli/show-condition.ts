import type { ConditionShown, ValueShown } from './answers-explain.ts'
import { count, decimal, significant } from './numbers.ts'
import { type Paint, plain, wrapped } from './text.ts'

const MARKS = { true: 'yes', false: 'no ', null: '?  ' } as const
const OPS = { and: 'all of', or: 'any of', not: 'not' } as const

/** A condition as a tree: whether it holds, its values, how far it is from its threshold, why it is unknown. */
export function conditionText(condition: ConditionShown, style: Paint, columns: number, indent = ''): string[] {
  const { holds, text, op, parts = [], unknown } = condition
  const mark = MARKS[String(holds) as keyof typeof MARKS]
  const tint = holds === true ? style.good : holds === false ? style.bad : style.dim
  const written = wrapped(text, Math.max(30, columns - indent.length - 4))
  const head = written.map((line, i) => `${indent}${i === 0 ? tint(mark) : '   '} ${line}`)
  const more = op === undefined ? leafLines(condition) : parts.length > 1 ? [`${OPS[op]}:`] : []
  return [
    ...head,
    ...[...more, ...(unknown === undefined ? [] : [`unknown: ${unknown}`])].flatMap((line) =>
      wrapped(line, Math.max(30, columns - indent.length - 6)).map((each) => style.dim(`${indent}      ${each}`)),
    ),
    ...parts.flatMap((part) => conditionText(part, style, columns, `${indent}    `)),
  ]
}

function leafLines({ values = [], inputs = [], margin }: ConditionShown): string[] {
  const sides = values.map((each) => valueText(each)).filter((each) => each !== '')
  const compared = sides.length > 0 ? [sides.join(' against ')] : []
  const far = margin ? [marginText(margin)] : []
  const made = inputs.map((each) => `${each.text} ${valueText(each)}`)
  return [
    ...(compared.length > 0 || far.length > 0 ? [[...compared, ...far].join(': ')] : []),
    ...(made.length > 0 ? [`from ${made.join(', ')}`] : []),
  ]
}

/** A value in its unit, and where its symbol stands among those compared. */
export function valueText({ value, unit, standing }: ValueShown): string {
  const place = standing ? ` (place ${significant(standing.rank)} of ${count(standing.members)})` : ''
  if (typeof value === 'string') return plain(value)
  return value === null ? `undefined${place}` : `${inUnit(value, unit)}${place}`
}

/** "short by 1.5 points (5 %)", "holds by ..." */
export function marginText({ by, share, unit }: NonNullable<ConditionShown['margin']>): string {
  const size = unit === 'fraction' ? `${decimal(Math.abs(by) * 100)} percentage points` : inUnit(Math.abs(by), unit)
  const relative = share === null ? '' : ` (${decimal(Math.abs(share) * 100, 1)} % of the threshold)`
  return `${by < 0 ? 'short' : 'holds'} by ${size}${relative}`
}

function inUnit(value: number, unit: string): string {
  switch (unit) {
    case 'fraction':
      return `${decimal(value * 100)} %`
    case 'times':
      return `${significant(Number(value.toPrecision(4)))} x`
    case 'price':
      return significant(Number(value.toPrecision(7)))
    case 'shares':
      return count(value)
    case 'bars':
      return `${significant(value)} ${value === 1 ? 'bar' : 'bars'}`
    default:
      return significant(value)
  }
}
