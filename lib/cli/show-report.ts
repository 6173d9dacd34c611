import { count, significant } from './numbers.ts'
import { facts, type Paint, plain, table } from './text.ts'

const MOST_ROWS = 20

/** A report of numbers, texts, lists and tables for people; names as they stand, in words. */
export function reportText(report: object, style: Paint, columns: number): string[] {
  const plainFacts: [string, string | string[]][] = []
  const tables: string[] = []
  for (const [key, value] of Object.entries(report)) {
    const label = words(key)
    if (Array.isArray(value) && value.length > 0 && value.every(isRecord)) {
      tables.push('', ...recordsText(label, value, style))
    } else if (Array.isArray(value) && value.length > 3) {
      plainFacts.push([label, [...value.slice(0, MOST_ROWS).map(scalar), ...rest(value.length)]])
    } else plainFacts.push([label, scalar(value)])
  }
  return [...(plainFacts.length > 0 ? facts(plainFacts, columns) : []), ...tables]
}

function recordsText(label: string, records: Record<string, unknown>[], style: Paint): string[] {
  const keys = [...new Set(records.slice(0, MOST_ROWS).flatMap((record) => Object.keys(record)))]
  return [
    `${label} (${count(records.length)}):`,
    ...table(
      keys.map((key) => ({ title: words(key), right: typeof records[0][key] === 'number' })),
      records.slice(0, MOST_ROWS).map((record) => keys.map((key) => plain(scalar(record[key])))),
      style,
    ),
    ...rest(records.length),
  ]
}

const rest = (length: number) => (length > MOST_ROWS ? [`and ${count(length - MOST_ROWS)} more`] : [])

/** `missingSessions` and `missing_sessions` as `missing sessions`. */
const words = (key: string) =>
  key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()

function scalar(value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (typeof value === 'number') return significant(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(scalar).join(', ')
  if (!isRecord(value)) return String(value)
  const parts = Object.entries(value).map(([key, part]) => `${words(key)} ${scalar(part)}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
