import { describe, expect, it } from 'vitest'
import { isoDay } from '../../lib/core/days.ts'
import { importBars } from '../../lib/market/import.ts'
import { checkBars } from '../../lib/market/inspect.ts'
import { type IntradayImport, importIntraday } from '../../lib/market/intraday-import.ts'
import { newYorkText } from '../../lib/market/new-york.ts'
import { readCatalog } from '../../lib/market/store.ts'
import { MemoryStore } from '../market/memory-store.ts'
import { csv, directoryOf, singleFile } from '../market/worlds.ts'
import { FIVE, load, MINUTES, rows, stored } from './worlds.ts'

type Stored = Awaited<ReturnType<typeof stored>>
async function bars(store: Stored, timeframe: '1m' | '5m' | '15m' | '1h', symbol = 'AAA') {
  const series = (await load(store, { timeframe })).bars(symbol)!
  return Array.from(series.time, (time, i) =>
    [newYorkText(time), series.open[i], series.high[i], series.low[i], series.close[i], series.volume[i]].join(' '),
  )
}

const MORNING = rows(
  '2019-03-11',
  '09:30 10 11 9 10 100',
  '09:31 10 12 10 11 200',
  '09:34 11 11 8 9 300',
  '09:35 9 10 9 10 400',
  '09:59 10 10 10 10 500',
  '10:00 10 13 10 13 600',
)

describe('minute bars', () => {
  it('are grouped to larger ones that end on the clock: open first, high most, low least, close last, volume summed', async () => {
    const store = await stored(MINUTES, { AAA: MORNING }, [])
    expect((await bars(store, '1m')).length).toBe(6)
    expect(await bars(store, '5m')).toEqual([
      '2019-03-11 09:35 10 12 8 9 600',
      '2019-03-11 09:40 9 10 9 10 400',
      '2019-03-11 10:00 10 10 10 10 500',
      '2019-03-11 10:05 10 13 10 13 600',
    ])
    expect(await bars(store, '15m')).toEqual([
      '2019-03-11 09:45 10 12 8 10 1000',
      '2019-03-11 10:00 10 10 10 10 500',
      '2019-03-11 10:15 10 13 10 13 600',
    ])
    // The first hour bar lasts from 09:30 to 10:00.
    expect(await bars(store, '1h')).toEqual(['2019-03-11 10:00 10 12 8 10 1500', '2019-03-11 11:00 10 13 10 13 600'])
  })

  it('of a half day end with it', async () => {
    const half = rows('2015-12-24', '12:58 5 5 5 5 10', '12:59 5 6 5 6 10', '13:00 6 9 6 9 10')
    const store = await stored(MINUTES, { AAA: half }, [])
    expect(await bars(store, '1h')).toEqual(['2015-12-24 13:00 5 6 5 6 20'])
  })

  it('stay as they are before the open: no bar of the pre-market is grouped', async () => {
    const early = rows('2019-03-11', '08:59 7 7 7 7 5', '09:24 8 8 8 8 6', '09:29 9 9 9 9 7')
    const store = await stored(MINUTES, { AAA: [...early, ...MORNING] }, [])
    const { premarket } = (await load(store, { timeframe: '1h' })).bars('AAA')!
    expect(Array.from(premarket!.time, newYorkText)).toEqual([
      '2019-03-11 09:00',
      '2019-03-11 09:25',
      '2019-03-11 09:30',
    ])
  })
})

describe('hour bars', () => {
  it('stamped 09:00 begin with the session', async () => {
    const hours = rows('2019-03-11', '09:00 10 11 9 10 100', '10:00 10 12 10 11 200', '15:00 11 12 11 12 50')
    const store = await stored({ ...MINUTES, timeframe: '1h' }, { AAA: hours }, [])
    expect((await bars(store, '1h')).map((row) => row.slice(11, 16))).toEqual(['10:00', '11:00', '16:00'])
  })
})

describe('an import of intraday bars', () => {
  const form: IntradayImport = FIVE
  const refused = (form: IntradayImport, ...lines: string[]) =>
    importIntraday(new MemoryStore(), singleFile(csv('AAA.csv', ...lines)), form).then(
      () => {
        throw new Error('it was imported')
      },
      (error: Error & { code: string }) => error,
    )
  const sessions = ['2019-03-11', '2019-03-12', '2019-03-13']
  const day = (stamps: string[]) => sessions.flatMap((date) => rows(date, ...stamps.map((at) => `${at} 5 5 5 5 10`)))

  it('of the same again changes nothing', async () => {
    const store = new MemoryStore()
    const source = directoryOf(csv('AAA.csv', ...MORNING))
    const first = await importIntraday(store, source, MINUTES)
    expect(first.timeframes).toEqual(['1m', '5m', '15m', '1h'])
    store.writes = []
    const again = await importIntraday(store, source, MINUTES)
    expect(again.changed).toBe(0)
    expect(again.version).toBe(first.version)
    expect(store.writes).toEqual([])
  })

  it('is the truth on the days it has bars of, and leaves other days and symbols', async () => {
    const store = new MemoryStore()
    const whole = directoryOf(csv('AAA.csv', ...day(['09:30', '09:35'])), csv('BBB.csv', ...day(['09:30'])))
    await importIntraday(store, whole, form)
    const patch = [...rows('2019-03-12', '10:00 7 7 7 7 1'), ...rows('2019-03-15', '09:30 8 8 8 8 1')]
    await importIntraday(store, singleFile(csv('AAA.csv', ...patch)), form)
    expect((await bars(store, '5m')).map((row) => row.slice(0, 16))).toEqual([
      '2019-03-11 09:35',
      '2019-03-11 09:40',
      '2019-03-12 10:05',
      '2019-03-13 09:35',
      '2019-03-13 09:40',
      '2019-03-15 09:35',
    ])
    expect(await bars(store, '5m', 'BBB')).toHaveLength(3)
    expect((await checkBars(store, '5m')).ok).toBe(true)
  })

  it('over the turn of a year keeps each year in its object', async () => {
    const store = new MemoryStore()
    const lines = [...rows('2019-12-31', '09:30 5 5 5 5 10'), ...rows('2020-01-02', '09:30 6 6 6 6 10')]
    await importIntraday(store, singleFile(csv('AAA.csv', ...lines)), form)
    await importIntraday(store, singleFile(csv('AAA.csv', ...rows('2020-01-02', '09:35 7 7 7 7 10'))), form)
    expect((await bars(store, '5m')).map((row) => row.slice(0, 16))).toEqual(['2019-12-31 09:35', '2020-01-02 09:40'])
    expect((await readCatalog(store, '5m'))!.symbols[0]).toMatchObject({ firstYear: 2019, rows: [1, 1] })
  })

  it('takes splits and dividends from the stored daily bars where no file names them', async () => {
    const store = new MemoryStore()
    const header = 'date,open,high,low,close,volume,dividend,split'
    const daily = csv('AAA.csv', header, '2019-03-11,5,5,5,5,10,0,1', '2019-03-12,5,5,5,5,10,0.25,4')
    await importBars(store, singleFile(daily))
    const report = await importIntraday(
      store,
      directoryOf(csv('AAA.csv', ...day(['09:30'])), csv('BBB.csv', ...day(['09:30']))),
      form,
    )
    expect(report.withoutActions).toEqual(['BBB'])
    const series = (await load(store)).bars('AAA')!
    expect([...series.factor]).toEqual([4, 1, 1])
    expect([...series.dividend]).toEqual([0, 0.25, 0])
    expect([...series.split]).toEqual([1, 4, 1])
  })

  it('reads UTC, an offset of the stamp and New York alike', async () => {
    const at = (line: string, zone: IntradayImport['zone']) =>
      stored({ ...form, zone }, { AAA: [line] }, []).then((store) => bars(store, '5m'))
    const expected = ['2019-03-11 09:35 5 5 5 5 10']
    expect(await at('2019-03-11 13:30,5,5,5,5,10', 'UTC')).toEqual(expected)
    expect(await at('2019-03-11T09:30:00-04:00,5,5,5,5,10', 'UTC')).toEqual(expected)
    expect(await at('2019-03-11T13:30:00Z,5,5,5,5,10', 'America/New_York')).toEqual(expected)
    // In winter the same hour of UTC is an hour earlier in New York.
    expect(await at('2019-03-08 14:30,5,5,5,5,10', 'UTC')).toEqual(['2019-03-08 09:35 5 5 5 5 10'])
  })

  it('lists what cannot be a bar, and counts what is none of ours', async () => {
    const lines = [
      ...rows(
        '2019-03-11',
        '03:55 5 5 5 5 10',
        '09:30 5 5 5 5 10',
        '09:30 5 5 5 5 10',
        '09:30 5 6 5 5 10',
        '09:33 5 5 5 5 10',
        '09:40 5 4 6 5 10',
        '09:45 5 5 5 0 10',
        '16:00 5 5 5 5 10',
        '25:00 5 5 5 5 10',
      ),
      ...rows('2019-03-10', '09:30 5 5 5 5 10'),
      ...rows('2019-03-12', '09:50 5 5 5 5 10', '09:45 5 5 5 5 10'),
    ]
    const store = new MemoryStore()
    const report = await importIntraday(store, singleFile(csv('AAA.csv', ...lines)), form)
    expect(report).toMatchObject({ rowsRead: 12, rowsStored: 3, afterMarket: 1, duplicates: 1, unsorted: 1 })
    expect(report.defects).toEqual({
      outside_hours: 1,
      conflict: 1,
      off_grid: 1,
      high_below_low: 1,
      non_positive: 1,
      bad_date: 1,
      not_a_session: 1,
    })
    expect(report.firstDefects.find(({ kind }) => kind === 'conflict')!.reason).toMatch(
      /that ends 09:35 stands on line 3/,
    )
    expect((await readCatalog(store, '1h'))!.defects).toBe(7)
  })

  it('leaves out a bar that has not ended', async () => {
    const now = Date.UTC(2019, 2, 11, 13, 37)
    const store = new MemoryStore()
    const lines = rows('2019-03-11', '09:30 5 5 5 5 10', '09:35 6 6 6 6 10')
    const report = await importIntraday(store, singleFile(csv('AAA.csv', ...lines)), { ...form, now })
    expect(report.forming).toBe(1)
    expect((await bars(store, '5m')).map((row) => row.slice(11, 16))).toEqual(['09:35'])
  })

  it('refuses times that contradict what was said of them', async () => {
    const every = (step: number, from: number, to: number) => {
      const stamps: string[] = []
      for (let at = from; at <= to; at += step)
        stamps.push(`${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`)
      return stamps
    }
    const ends = day(every(5, 575, 960))
    const starts = day(every(5, 570, 955))
    expect((await refused(form, ...ends)).message).toMatch(/Import it with --stamp end/)
    expect((await refused({ ...form, stamp: 'end' }, ...starts)).message).toMatch(/Import it with --stamp start/)
    expect((await refused(form, ...day(every(5, 810, 1195)))).message).toMatch(/Import it with --tz UTC/)
    expect((await refused({ ...form, zone: 'UTC' }, ...starts)).message).toMatch(/Import it with --tz America/)
    expect((await refused({ ...form, timeframe: '15m' }, ...starts)).message).toMatch(/give the bar size/)
    expect((await refused(MINUTES, ...starts)).message).toMatch(/its bars are not 1m/)
    expect((await refused(form, '2019-03-11,5,5,5,5,10')).message).toMatch(
      /Daily bars are imported without --timeframe/,
    )
    expect(
      (await refused(form, 'date,open,high,low,close,volume,split', '2019-03-11 09:30,5,5,5,5,1,2')).message,
    ).toMatch(/--actions FILE/)
    expect((await refused(form, ...rows('2019-03-09', '09:30 5 5 5 5 1'))).message).toMatch(/2019-03-09 is no session/)
  })

  it('accepts the same files read as they are meant', async () => {
    const hours = day(['10:00', '11:00', '16:00'])
    const report = await importIntraday(new MemoryStore(), singleFile(csv('AAA.csv', ...hours)), {
      ...form,
      timeframe: '1h',
      stamp: 'end',
    })
    expect(report).toMatchObject({ rowsStored: 9, badRows: 0, span: [sessions[0], sessions[2]] })
    expect(isoDay(0)).toBe('1970-01-01')
  })
})
