import * as z from 'zod'
import { isoDay, parseDay } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import type { MembershipSpan } from './market.ts'
import type { ObjectStore } from './objects.ts'
import { type ImportFile, needColumns, parseTable } from './table.ts'
import { putChanged, type TableReport } from './universe.ts'

const PREFIX = 'constituents/'
const membersShape = z.strictObject({
  format: z.literal(1),
  index: z.string(),
  /** [start, end) as day numbers; null: still a member */
  spans: z.array(z.tuple([z.string(), z.number().int(), z.number().int().nullable()])),
})

export const constituentsKey = (index: string) => `${PREFIX}${index}.json`

/** Keys of all stored indexes. */
export function listConstituents(objects: ObjectStore): Promise<string[]> {
  return objects.list(PREFIX)
}

/** The index's name and its spans by ticker. */
export function decodeConstituents(
  bytes: Uint8Array,
  key: string,
): { index: string; members: Map<string, MembershipSpan[]> } {
  const stored = membersShape.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  if (!stored.success) throw new AppError('internal', `${key} is damaged. Import the constituents again.`)
  const members = new Map<string, MembershipSpan[]>()
  for (const [ticker, start, end] of stored.data.spans) {
    const spans = members.get(ticker) ?? []
    spans.push(end === null ? { start } : { start, end })
    members.set(ticker, spans)
  }
  return { index: stored.data.index, members }
}

/**
 * Replaces the membership of an index by a file with the columns ticker, start_date, end_date: a member on day t when
 * start <= t < end, still one when the end is blank. Tickers are kept as spelled.
 */
export async function importConstituents(objects: ObjectStore, file: ImportFile, index: string): Promise<TableReport> {
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(index))
    throw new AppError(
      'bad_request',
      `"${index.slice(0, 40)}" is no index name: write letters, digits, - and _, such as SP500.`,
    )
  const table = parseTable(await file.bytes(), file.name)
  needColumns(table, file.name, ['ticker', 'start_date', 'end_date'], 'constituents file')
  const defects = [...table.defects]
  const spans: [string, number, number | null][] = []
  for (const { line, cells } of table.rows) {
    const start = parseDay(cells.start_date)
    const end = cells.end_date === '' ? null : parseDay(cells.end_date)
    if (cells.ticker === '') defects.push({ line, reason: 'no ticker' })
    else if (Number.isNaN(start)) defects.push({ line, reason: `start_date "${cells.start_date}" is not YYYY-MM-DD` })
    else if (Number.isNaN(end)) defects.push({ line, reason: `end_date "${cells.end_date}" is not YYYY-MM-DD` })
    else if (end !== null && end < start)
      defects.push({ line, reason: `ends on ${isoDay(end)}, before it starts on ${isoDay(start)}` })
    else spans.push([cells.ticker, start, end])
  }
  if (spans.length === 0) throw new AppError('bad_request', `${file.name} holds no membership; what is stored stays.`)
  spans.sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1))
  const bytes = new TextEncoder().encode(`${JSON.stringify({ format: 1, index, spans })}\n`)
  const changed = await putChanged(objects, constituentsKey(index), bytes)
  return {
    file: file.name,
    rows: table.rows.length + table.defects.length,
    stored: spans.length,
    changed,
    readings: [],
    defects,
  }
}
