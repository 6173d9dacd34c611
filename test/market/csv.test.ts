import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineReader, parseDecimal, readBarHeader } from '../../lib/market/csv.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const decimal = (text: string) => parseDecimal(bytes(text), 0, bytes(text).length)

/** All lines of a text as cells. */
function cells(text: string): string[][] {
  const reader = new LineReader(bytes(text))
  const lines: string[][] = []
  while (reader.next()) lines.push(Array.from({ length: reader.cells }, (_, i) => reader.text(i)))
  return lines
}

describe('numbers', () => {
  test('are the doubles that JavaScript reads from the same text', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9e15, max: 9e15 }), fc.integer({ min: 0, max: 25 }), (mantissa, decimals) => {
        const digits = String(Math.abs(mantissa)).padStart(decimals + 1, '0')
        const cut = digits.length - decimals
        const text = `${mantissa < 0 ? '-' : ''}${digits.slice(0, cut)}${decimals > 0 ? `.${digits.slice(cut)}` : ''}`
        expect(decimal(text)).toBe(Number(text))
      }),
    )
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
        Object.is(decimal(String(value)) + 0, value + 0),
      ),
    )
  })

  test.each([
    '',
    ' ',
    '-',
    '.',
    '1,5',
    '1 5',
    'NaN',
    'Infinity',
    '0x10',
    '1e',
    'abc',
    '12a',
    '1.2.3',
    '$5',
    '--1',
    '1_000',
  ])('%j is none', (text) => expect(decimal(text)).toBeNaN())

  test('a point may stand first or last', () => {
    expect([decimal('.5'), decimal('5.'), decimal('+5'), decimal('1e3')]).toEqual([0.5, 5, 5, 1000])
  })
})

describe('lines', () => {
  test('LF, CRLF, no newline at the end, blank lines and a byte order mark', () => {
    expect(cells('\uFEFFa,b\r\n\r\n1,2\n\n3,4')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ])
  })

  test('cells are trimmed and lose their quotes', () => {
    expect(cells('"a", b ,"c d"\n,,\n')).toEqual([
      ['a', 'b', 'c d'],
      ['', '', ''],
    ])
  })

  test('a comma inside quotes does not end the cell', () => {
    expect(cells('"1,000",2')).toEqual([['1,000', '2']])
  })

  test('line numbers count blank lines too', () => {
    const reader = new LineReader(bytes('a\n\n\nb\n'))
    reader.next()
    expect(reader.line).toBe(1)
    reader.next()
    expect(reader.line).toBe(4)
  })

  test('an unclosed quote spoils its own line only', () => {
    const reader = new LineReader(bytes('"a,b\n1,2\n'))
    reader.next()
    expect(reader.broken).toBe(true)
    reader.next()
    expect([reader.broken, reader.text(1)]).toEqual([false, '2'])
  })
})

describe('the header of a file of bars', () => {
  const header = (text: string) => readBarHeader(new LineReader(bytes(text)), 'X.csv')

  test('columns in any order, any case, quoted, with others between', () => {
    expect(header('"Volume",LOW,high,extra,Open,close,Timestamp,Split')).toMatchObject({
      volume: 0,
      low: 1,
      high: 2,
      open: 4,
      close: 5,
      date: 6,
      split: 7,
      dividend: -1,
      adjClose: -1,
      width: 8,
    })
  })

  test('says which column is missing', () => {
    expect(() => header('date,open,high,low,close')).toThrow('X.csv is not a CSV file of bars: no column volume')
    expect(() => header('open,high,low,close,volume')).toThrow('no column date (or timestamp)')
  })

  test('refuses two columns of one name, an empty file and UTF-16', () => {
    expect(() => header('date,open,high,low,close,close,volume')).toThrow('two columns "close"')
    expect(() => header('')).toThrow('empty')
    expect(() => readBarHeader(new LineReader(Uint8Array.of(0xff, 0xfe, 100, 0)), 'X.csv')).toThrow('UTF-16')
  })
})
