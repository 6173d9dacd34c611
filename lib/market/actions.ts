/** Splits and dividends of symbols whose bars do not carry them. */
import { parseDay } from '../core/days.ts'
import { isSymbol } from './bar-rows.ts'
import type { StoredColumns } from './codec.ts'
import { inSession } from './group-bars.ts'
import type { StoredShard } from './intake.ts'
import type { BarDefect } from './row-buffer.ts'
import { StoredSymbol } from './stored-symbol.ts'
import { cellNumber, type ImportFile, needColumns, parseTable } from './table.ts'

/** Of one symbol, by ex-date: [day, ratio new/old] and [day, cash per share as traded]. */
export interface Actions {
  splits: [number, number][]
  dividends: [number, number][]
}

/** The actions of a file `symbol,date,type,value` (type split or dividend), by symbol; rows that cannot be used are defects. */
export async function readActions(
  file: ImportFile,
): Promise<{ bySymbol: ReadonlyMap<string, Actions>; defects: BarDefect[] }> {
  const table = parseTable(await file.bytes(), file.name)
  needColumns(table, file.name, ['symbol', 'date', 'type', 'value'], 'file of corporate actions')
  const bySymbol = new Map<string, Actions>()
  const defects: BarDefect[] = []
  const defect = (symbol: string, line: number, kind: BarDefect['kind'], reason: string) =>
    defects.push({ symbol, file: file.name, line, kind, reason })
  for (const { line, reason } of table.defects) defect('', line, 'cells', reason)
  for (const { line, cells } of table.rows) {
    const symbol = cells.symbol.toUpperCase()
    const day = parseDay(cells.date)
    const value = cellNumber(cells.value) ?? Number.NaN
    const type = cells.type.toLowerCase()
    if (!isSymbol(symbol)) defect('', line, 'symbol', `${JSON.stringify(cells.symbol.slice(0, 40))} is no symbol`)
    else if (Number.isNaN(day))
      defect(symbol, line, 'bad_date', `${JSON.stringify(cells.date.slice(0, 40))} is no date`)
    else if (type !== 'split' && type !== 'dividend')
      defect(symbol, line, 'cells', `type is ${JSON.stringify(cells.type.slice(0, 40))}: split or dividend is wanted`)
    else if (!(value > 0 && Number.isFinite(value)))
      defect(
        symbol,
        line,
        type === 'split' ? 'bad_split' : 'bad_dividend',
        `${type} is ${JSON.stringify(cells.value.slice(0, 40))}`,
      )
    else {
      const actions = bySymbol.get(symbol) ?? { splits: [], dividends: [] }
      bySymbol.set(symbol, actions)
      actions[type === 'split' ? 'splits' : 'dividends'].push([day, value])
    }
  }
  for (const { splits, dividends } of bySymbol.values()) {
    splits.sort((a, b) => a[0] - b[0])
    dividends.sort((a, b) => a[0] - b[0])
  }
  return { bySymbol, defects }
}

/** What the stored daily bars of a symbol tell: every split, and the dividends of [from, to]; undefined where it has none. */
export async function storedActions(
  daily: StoredShard,
  symbol: string,
  [from, to]: readonly [number, number],
): Promise<Actions | undefined> {
  const entry = daily.symbols.find((each) => each.symbol === symbol)
  if (entry === undefined) return undefined
  const { day, dividend } = await new StoredSymbol(daily, entry).rows(from, to)
  const dividends: Actions['dividends'] = []
  dividend.forEach((cash, i) => {
    if (cash > 0) dividends.push([day[i], cash])
  })
  return { splits: entry.splits, dividends }
}

/** Books actions on the first bar of the session of their ex-date, or of the next one that has a bar. */
export function bookActions(columns: StoredColumns, { splits, dividends }: Actions): void {
  const { day, time } = columns
  const firstOfSession: number[] = []
  for (let i = 0; i < day.length; i++)
    if (inSession(day[i], time[i]) && day[firstOfSession.at(-1) ?? -1] !== day[i]) firstOfSession.push(i)
  const barOf = (exDate: number): number | undefined => {
    const at = firstOfSession.findIndex((i) => day[i] >= exDate)
    // Before the first bar here nothing was held: the action belongs to earlier bars.
    return at > 0 || (at === 0 && day[firstOfSession[0]] === exDate) ? firstOfSession[at] : undefined
  }
  for (const [exDate, ratio] of splits) {
    const bar = barOf(exDate)
    if (bar !== undefined) columns.split[bar] *= ratio
  }
  for (const [exDate, cash] of dividends) {
    const bar = barOf(exDate)
    if (bar !== undefined) columns.dividend[bar] += cash
  }
}
