import { expect, test } from 'vitest'
import { equityCsv, tradesCsv } from '../../lib/backtest/result-csv.ts'

const TITLES =
  'symbol,side,signal_date,entry_date,entry_price,shares,exit_date,exit_price,exit_reason,bars_held,pnl,return,dividends,commission,slippage'
const trade = {
  symbol: 'KO',
  side: 'short',
  signal_date: '2024-01-02',
  entry_date: '2024-01-03',
  entry_price: 0.1 + 0.2,
  shares: 10,
  exit_date: null,
  exit_price: null,
  exit_reason: 'open',
  bars_held: 3,
  pnl: -1.5,
  return: -1e-7,
  dividends: 0,
  commission: 0,
  slippage: 0,
  executions: [{ date: '2024-01-03' }],
}
const lines = (text: string) => text.split('\r\n')
const csvOf = (...trades: object[]) => lines(tradesCsv({ portfolio: { trades } }))

test('a trade is a line with its numbers in full, nothing for null, negative numbers as they are', () => {
  expect(csvOf(trade)).toEqual([
    TITLES,
    'KO,short,2024-01-02,2024-01-03,0.30000000000000004,10,,,open,3,-1.5,-1e-7,0,0,0',
    '',
  ])
})

test('what only some trades have is a column after the rest', () => {
  const found = csvOf(trade, { ...trade, mae: -0.02, pair: 'PEP' })
  expect(found[0]).toBe(`${TITLES},mae,pair`)
  expect(found[1].endsWith(',0,0,0,,')).toBe(true)
  expect(found[2].endsWith(',-0.02,PEP')).toBe(true)
})

test.each([
  ['=1+1', "'=1+1"],
  ['+A1', "'+A1"],
  ['-A1', "'-A1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  [' =1', "' =1"],
  ['\t=1', "'\t=1"],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ['BRK.B', 'BRK.B'],
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
  ['a\nb', '"a\nb"'],
])('text %j is the cell %s: no spreadsheet takes it for a formula', (symbol, cell) => {
  expect(csvOf({ ...trade, symbol })[1].startsWith(`${cell},short`)).toBe(true)
})

test('the equity has a line for each session', () => {
  const equity_curve = {
    date: ['2024-01-02', '2024-01-03'],
    equity: [100, 101.5],
    cash: [100, 0],
    positions: [0, 1],
    gross: [0, 101.5],
    benchmark: [100, null],
  }
  expect(lines(equityCsv({ portfolio: { equity_curve } }))).toEqual([
    'date,equity,cash,positions,gross,benchmark',
    '2024-01-02,100,100,0,0,100',
    '2024-01-03,101.5,0,1,101.5,',
    '',
  ])
})

test('a result without an account gives the titles alone', () => {
  expect(tradesCsv({})).toBe(`${TITLES}\r\n`)
  expect(equityCsv({})).toBe('date,equity,cash,positions,gross,benchmark\r\n')
})
