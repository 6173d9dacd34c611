import { parseDay } from '../core/days.ts'
import type { FiguresRead } from './figures.ts'
import type { FigureRecord } from './market.ts'
import { cellNumber, type RowDefect, type Table } from './table.ts'

/** An annual report counts as known this many days after the period it is about ended. */
export const ANNUAL_DELAY_DAYS = 90

/** Field of the rule language <- column of the 10-K file. */
const ANNUAL_COLUMNS: Readonly<Record<string, string>> = {
  eps_ttm: 'earnings per share',
  shares: 'estimated shares outstanding',
  revenue_ttm: 'total revenue',
  ebit_ttm: 'earnings before interest and tax',
  net_income_ttm: 'net income',
  cfo_ttm: 'net cash flow-operating',
  capex_ttm: 'capital expenditures',
  gross_profit_ttm: 'gross profit',
  cash: 'cash and cash equivalents',
  short_term_debt: 'short-term debt / current portion of long-term debt',
  equity: 'total equity',
  total_assets: 'total assets',
  current_assets: 'total current assets',
  current_liabilities: 'total current liabilities',
  fixed_assets: 'fixed assets',
  long_term_debt: 'long-term debt',
}

/** The figures of a row, blanks absent; a cell that is no number is reported and left out, the rest of the row stays. */
export function readValues(
  cells: Readonly<Record<string, string>>,
  columns: Readonly<Record<string, string>>,
  line: number,
  defects: RowDefect[],
): Record<string, number> {
  const values: Record<string, number> = {}
  for (const [field, column] of Object.entries(columns)) {
    const value = cellNumber(cells[column] ?? '')
    if (value === undefined) continue
    if (Number.isNaN(value))
      defects.push({ line, reason: `${column} is not a number: "${cells[column].slice(0, 40)}"` })
    else values[field] = value
  }
  return values
}

/** Annual reports: one record per period; the lines stand for the trailing twelve months. */
export function readAnnual(table: Table): FiguresRead {
  const records: FigureRecord[] = []
  const defects: RowDefect[] = []
  const seen = new Map<string, number>()
  for (const { line, cells } of table.rows) {
    const symbol = cells['ticker symbol']
    const periodEnd = parseDay(cells['period ending'])
    if (symbol === '' || Number.isNaN(periodEnd)) {
      defects.push({
        line,
        reason: symbol === '' ? 'no ticker' : `period ending "${cells['period ending']}" is no date`,
      })
      continue
    }
    const earlier = seen.get(`${symbol} ${periodEnd}`)
    if (earlier !== undefined) {
      defects.push({ line, reason: `${symbol} ${cells['period ending']} stands on line ${earlier}: the first stays` })
      continue
    }
    seen.set(`${symbol} ${periodEnd}`, line)
    const values = readValues(cells, ANNUAL_COLUMNS, line, defects)
    // Spending stands as a negative cash flow in the file; the field is the amount spent.
    if (values.capex_ttm !== undefined) values.capex_ttm = 0 - values.capex_ttm
    records.push({ symbol, kind: 'annual', periodEnd, published: periodEnd + ANNUAL_DELAY_DAYS, values })
  }
  const readings = [`each report counts as known ${ANNUAL_DELAY_DAYS} days after its period ended`]
  return { records, readings, defects }
}

const BALANCE = {
  total_assets: 'assets',
  current_assets: 'cur_assets',
  current_liabilities: 'cur_liab',
  cash: 'cash',
  equity: 'equity',
}
const YEAR = {
  ...BALANCE,
  eps_ttm: 'eps_diluted',
  revenue_ttm: 'revenues',
  ebit_ttm: 'op_income',
  net_income_ttm: 'net_income',
  cfo_ttm: 'cash_flow_op',
}
/** Income and cash flow of a quarterly report mix quarters with the year so far: only what the language names is taken. */
const QUARTER = { ...BALANCE, eps_q: 'eps_diluted', revenue_q: 'revenues' }

/** Quarterly and annual SEC reports, known from the day they were collected. */
export function readReports(table: Table): FiguresRead {
  const records = new Map<string, FigureRecord>()
  const defects: RowDefect[] = []
  for (const { line, cells } of table.rows) {
    const { symbol } = cells
    const published = parseDay(cells.collected_date)
    const periodEnd = parseDay(cells.end_date)
    const annual = cells.period_focus === 'FY'
    if (symbol === '') defects.push({ line, reason: 'no symbol' })
    else if (Number.isNaN(published))
      defects.push({ line, reason: `collected_date "${cells.collected_date}" is no date` })
    else if (Number.isNaN(periodEnd)) defects.push({ line, reason: `end_date "${cells.end_date}" is no date` })
    else if (periodEnd > published)
      defects.push({
        line,
        reason: `period ends on ${cells.end_date}, after it was collected on ${cells.collected_date}`,
      })
    else if (!annual && !/^Q[1-4]$/.test(cells.period_focus))
      defects.push({ line, reason: `period_focus "${cells.period_focus}" is neither FY nor Q1..Q4` })
    else {
      const values = readValues(cells, annual ? YEAR : QUARTER, line, defects)
      const perShare = annual ? 'eps_ttm' : 'eps_q'
      const basic = cellNumber(cells.eps_basic ?? '')
      if (values[perShare] === undefined && basic !== undefined && !Number.isNaN(basic)) values[perShare] = basic
      if (Object.keys(values).length === 0) {
        defects.push({ line, reason: 'no figure' })
        continue
      }
      const kind = annual ? 'annual' : 'quarter'
      // Two filings of one period collected on one day: what the later line gives replaces the earlier, figure by figure.
      const key = `${symbol} ${kind} ${periodEnd} ${published}`
      const earlier = records.get(key)
      records.set(key, { symbol, kind, periodEnd, published, values: { ...earlier?.values, ...values } })
    }
  }
  const readings = [
    'known from its collected_date; eps diluted, basic where that is blank; op_income stands for ebit',
    'of quarterly reports: eps, revenues and the balance sheet',
  ]
  return { records: [...records.values()], readings, defects }
}
