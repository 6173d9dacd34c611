import { figure, words } from './format.ts'
import { html, type Markup } from './markup.ts'

const MOST_ROWS = 100
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Named values as a list of terms, nested as they are; a null shows the reason that stands beside it. `of`: the name they stand under. */
export function facts(record: Readonly<Record<string, unknown>>, of = ''): Markup {
  const entries = Object.entries(record).filter(([name, value]) => value !== undefined && !isReason(record, name))
  // what is short stands together, what is long below it
  const ordered = [...entries.filter(([, value]) => !isDeep(value)), ...entries.filter(([, value]) => isDeep(value))]
  return html`<dl class="facts">${ordered.map(
    ([name, value]) =>
      html`<div class="${isDeep(value) ? 'deep' : 'flat'}"><dt>${words(name)}</dt><dd>${fact(name, value, reasonOf(record, name), of)}</dd></div>`,
  )}</dl>`
}

/** Why a value is null: in `reasons` by its name, in a field of its own, or in the record's one `reason`. */
function reasonOf(record: Readonly<Record<string, unknown>>, name: string): unknown {
  const { reasons } = record
  return (isRecord(reasons) ? reasons[name] : undefined) ?? record[`${name}_reason`] ?? record.reason
}

/** Whether a field only says why another is null. */
function isReason(record: Readonly<Record<string, unknown>>, name: string): boolean {
  if (name === 'reasons') return isRecord(record.reasons)
  if (name === 'reason') return Object.values(record).includes(null)
  return name.endsWith('_reason') && record[name.slice(0, -'_reason'.length)] === null
}

function isDeep(value: unknown): boolean {
  if (isRecord(value)) return true
  if (Array.isArray(value)) return value.some((each) => isRecord(each) || String(each).length > 24)
  return typeof value === 'string' && value.length > 40
}

/** One value: a number by what its name says, a list, a table of records, or terms below it. */
function fact(name: string, value: unknown, reason: unknown, of = ''): Markup {
  if (value === null)
    return typeof reason === 'string'
      ? html`<span class="none">n/a</span> <span class="why">${reason}</span>`
      : html`<span class="none">n/a</span>`
  if (typeof value === 'number') return html`${figure(name, value, of)}`
  if (typeof value === 'boolean') return html`${value ? 'yes' : 'no'}`
  if (Array.isArray(value)) return listOf(name, value)
  if (isColumns(value)) return columnTable(name, value)
  if (isRecord(value))
    return Object.keys(value).length === 0 ? html`<span class="none">none</span>` : facts(value, name)
  return /^[0-9a-f]{32,}$/.test(String(value))
    ? html`<code class="hash">${String(value)}</code>`
    : html`${String(value)}`
}

function listOf(name: string, values: readonly unknown[]): Markup {
  if (values.length === 0) return html`<span class="none">none</span>`
  const shown = values.slice(0, MOST_ROWS)
  const more = values.length > shown.length && html`<p class="why">and ${values.length - shown.length} more</p>`
  if (shown.every(isRecord)) return html`${recordTable(words(name), shown)}${more}`
  if (isDeep(values)) return html`<ul>${shown.map((each) => html`<li>${fact(name, each, undefined)}</li>`)}</ul>${more}`
  return html`${shown.map((each, i) => html`${i > 0 && ', '}${fact(name, each, undefined)}`)}${more}`
}

/** Lists of one length under their names: a table written by columns. */
function isColumns(value: unknown): value is Record<string, unknown[]> {
  if (!isRecord(value)) return false
  const lists = Object.values(value)
  return (
    lists.length > 1 && lists.every((list) => Array.isArray(list) && list.length === (lists[0] as unknown[]).length)
  )
}

const MOST_COLUMN_ROWS = 1_000

function columnTable(name: string, columns: Readonly<Record<string, unknown[]>>): Markup {
  const names = Object.keys(columns)
  const { length } = columns[names[0]]
  const rows = Array.from({ length: Math.min(length, MOST_COLUMN_ROWS) }, (_, i) =>
    Object.fromEntries(names.map((each) => [each, columns[each][i]])),
  )
  const more = length > rows.length && html`<p class="why">and ${length - rows.length} more</p>`
  return html`<details><summary>${length} rows</summary>${recordTable(words(name), rows)}${more}</details>`
}

function recordTable(caption: string, rows: readonly Record<string, unknown>[]): Markup {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 8)
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>
<caption class="unseen">${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${words(column)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${columns.map((column) => html`<td>${fact(column, row[column] ?? null, undefined)}</td>`)}</tr>`)}</tbody>
</table></div>`
}
