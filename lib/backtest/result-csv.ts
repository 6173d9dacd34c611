type Json = Record<string, unknown>

/** Columns of trades that every result has, in their order; those that a run adds come after. */
const TRADE = [
  ...['symbol', 'side', 'signal_date', 'entry_date', 'entry_price', 'shares', 'exit_date', 'exit_price', 'exit_reason'],
  ...['bars_held', 'pnl', 'return', 'dividends', 'commission', 'slippage'],
]
const EQUITY = ['date', 'equity', 'cash', 'positions', 'gross', 'benchmark']

/** The trades of a backtest's result as CSV (RFC 4180), one a line; lists within a trade, such as its executions, stay in the JSON. */
export function tradesCsv(result: Json): string {
  const trades = rowsOf(json(result.portfolio).trades)
  const added = new Set<string>()
  for (const trade of trades)
    for (const [name, value] of Object.entries(trade))
      if (!TRADE.includes(name) && (typeof value !== 'object' || value === null)) added.add(name)
  const columns = [...TRADE, ...added]
  return csv(
    columns,
    trades.map((trade) => columns.map((name) => trade[name])),
  )
}

/** The account's value by session as CSV (RFC 4180): the columns of `portfolio.equity_curve`. */
export function equityCsv(result: Json): string {
  const curve = json(json(result.portfolio).equity_curve)
  const columns = EQUITY.map((name) => (Array.isArray(curve[name]) ? (curve[name] as unknown[]) : []))
  return csv(
    EQUITY,
    columns[0].map((_, i) => columns.map((column) => column[i])),
  )
}

function json(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

const rowsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.map(json) : [])

const csv = (titles: readonly string[], rows: readonly unknown[][]): string =>
  [titles, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')

/** Numbers in full, null as nothing; text that a spreadsheet would take for a formula starts with an apostrophe. */
function cell(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'object') return ''
  if (typeof value !== 'string') return String(value)
  // Spreadsheets skip white space before they look.
  const text = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|^[\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
