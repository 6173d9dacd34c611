import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { shared, withShared } from '../shared.ts'
import { newHome, saywhenIn } from './home.ts'

/** The intraday development prompts by the built command line: import, create, signals, and the comparison that came with the lists. */
interface Prompt {
  id: string
  prompt: string
  rule: RuleClauses
}
interface Expected {
  dataset: string
  window: [string, string]
  rule_override: Partial<RuleClauses>
  signal: { file: string; rows: number }
  fired?: { file: string; rows: number }
}

const DATA: Record<string, { timeframe: string; files: Record<string, string> }> = {
  dev_hour: {
    timeframe: '1h',
    files: Object.fromEntries(['AAPL', 'BAC', 'SPY'].map((each) => [`${each}.csv.gz`, `hour/${each}.csv.gz`])),
  },
  dev_5m: {
    timeframe: '1m',
    files: Object.fromEntries(
      ['AAPL', 'BAC', 'GOOG', 'SPY', 'TWX'].map((each) => [`${each}.csv.gz`, `minute/${each}.csv.gz`]),
    ),
  },
  dev_5m_2020: { timeframe: '1m', files: { 'SPY.csv': 'minute/SPY_2020-12.csv' } },
}
const IDS = ['gap-02', 'gap-04', 'brk-04', 'orb-01', 'pm-01', 'intr-01']

withShared('intraday bars on the command line', () => {
  const places = new Map<string, ReturnType<typeof newHome>>()
  const at = (dataset: string) => saywhenIn(places.get(dataset)!.home)
  const file = (path: string) => JSON.parse(readFileSync(shared(`prompts/${path}`), 'utf8'))
  let prompts: Prompt[]
  let expected: Record<string, Expected[]>

  beforeAll(() => {
    const all = file('prompts.json')
    prompts = all.prompts ?? all
    expected = file('manifest.json').expected
    for (const [dataset, { timeframe, files }] of Object.entries(DATA)) {
      const place = newHome()
      places.set(dataset, place)
      const folder = join(place.home, 'files')
      mkdirSync(folder, { recursive: true })
      for (const [name, path] of Object.entries(files))
        copyFileSync(shared(`market/intraday/${path}`), join(folder, name))
      const flags = ['--timeframe', timeframe, '--stamp', 'start', '--actions', shared('market/corporate_actions.csv')]
      const { code, answer } = at(dataset)('bars', 'import', folder, ...flags)
      expect({ code, badRows: answer.badRows, withoutActions: answer.withoutActions }).toEqual({
        code: 0,
        badRows: 0,
        withoutActions: [],
      })
      expect(at(dataset)('universe', 'import', shared('market/universe.csv')).code).toBe(0)
    }
  })
  afterAll(() => {
    for (const { remove } of places.values()) remove()
  })

  const text = (clauses: RuleClauses) =>
    Object.entries(clauses)
      .map(([key, value]) => `${key === 'timeframe' ? 'TF' : key.toUpperCase()}: ${value}`)
      .join('\n')
  const known = new Map<string, string>()
  const created = (id: string, { dataset, rule_override }: Expected): string => {
    const before = known.get(`${id} ${dataset}`)
    if (before !== undefined) return before
    const { rule } = prompts.find((each) => each.id === id)!
    const { code, answer } = at(dataset)('create', '--rule', text({ ...rule, ...rule_override }))
    expect({ code, verdict: answer.strategy?.proof.verdict }).toEqual({ code: 0, verdict: 'equal' })
    known.set(`${id} ${dataset}`, String(answer.strategy.strategy_id))
    return created(id, { dataset, rule_override } as Expected)
  }
  const listed = (path: string) =>
    gunzipSync(readFileSync(shared(`prompts/${path}`)))
      .toString()
      .split(/\r?\n/)
      .filter(Boolean)
      .slice(1)
      .sort()

  describe.each(IDS)('the rule of %s', (id) => {
    test('gives exactly the expected signals', () => {
      for (const each of expected[id]) {
        const strategy = created(id, each)
        const [start, end] = each.window
        const { answer } = at(each.dataset)('signals', strategy, '--start', start, '--end', end)
        const rows = (answer.signals as { symbol: string; time: string; side: string }[]).map(
          ({ symbol, time }) => `${symbol},${time}`,
        )
        const out = join(places.get(each.dataset)!.home, 'produced.csv')
        writeFileSync(out, ['symbol,time', ...rows].join('\n'))
        const compared = spawnSync(process.execPath, [
          shared('prompts/compare.mjs'),
          shared(`prompts/${each.signal.file}`),
          out,
        ])
        expect(compared.stdout.toString()).toMatch(`exact ${each.signal.rows} | missing 0 | extra 0`)
        expect(compared.status).toBe(0)
      }
    })
  })

  test('a backtest enters on the first true bar of a session only, and ends within it', () => {
    for (const each of expected['orb-01']) {
      const strategy = created('orb-01', each)
      const [start, end] = each.window
      const { answer } = at(each.dataset)('backtest', strategy, '--start', start, '--end', end)
      const clock = (instant: number) =>
        new Date(instant).toLocaleString('sv-SE', { timeZone: 'America/New_York' }).slice(0, 16)
      const instances = answer.instances as { ticker: string; timestamp: number; exit_reason: string }[]
      expect(instances.map(({ ticker, timestamp }) => `${ticker},${clock(timestamp)}`).sort()).toEqual(
        listed(each.fired!.file),
      )
      expect(new Set(instances.map(({ exit_reason }) => exit_reason))).toEqual(
        new Set(each.dataset === 'dev_5m' ? ['stop', 'flat'] : instances.map(({ exit_reason }) => exit_reason)),
      )
      for (const trade of answer.portfolio.trades as Record<string, string | number>[]) {
        expect(trade.entry_date).toBe(trade.signal_date)
        expect(trade.exit_date).toBe(trade.entry_date)
        // The next bar's open: its end is five minutes after the signal's.
        expect(trade.entry_time).toBe((trade.signal_time as number) + 5 * 60_000)
      }
    }
  })

  test('an alert fires once in a session, on the bar that did first, whenever it is looked at', () => {
    const [each] = expected['brk-04']
    const strategy = created('brk-04', each)
    const fired = listed(each.fired!.file).filter((row) => row.includes(',2020-12-'))
    expect(fired.length).toBeGreaterThan(3)
    for (const row of fired.slice(0, 4)) {
      const [symbol, time] = row.split(',')
      for (const asOf of [time.slice(0, 10), time]) {
        const { answer } = at(each.dataset)('alert', strategy, '--as-of', asOf)
        const alerts = (answer.alerts as { symbol: string; timestamp: string }[]).filter((one) => one.symbol === symbol)
        expect(alerts.map(({ timestamp }) => timestamp)).toEqual([
          new Date(`${time.replace(' ', 'T')}-05:00`).toISOString().replace('.000', ''),
        ])
      }
    }
  })

  test('a screen looks at the bars of one instant', () => {
    const [, each] = expected['intr-01']
    const strategy = created('intr-01', each)
    const { answer } = at(each.dataset)('screen', strategy, '--as-of', '2020-12-16 10:30')
    expect(answer).toMatchObject({ date: '2020-12-16', time: '2020-12-16 10:30' })
    expect(answer.receipt.as_of).toBe('2020-12-16T15:30:00.000Z')
    expect((answer.ranked_results as { symbol: string }[]).map(({ symbol }) => symbol)).toEqual(['SPY'])
    const close = at(each.dataset)('screen', strategy).answer
    expect(close).toMatchObject({ time: '2020-12-18 16:00', ranked_results: [] })
  })

  test('a rule whose bar size is not stored names the import', () => {
    const { code, answer } = at('dev_hour')('create', '--rule', 'TF: 5m\nSIGNAL: close > orh(15)')
    expect(code).toBe(1)
    expect(answer.error.code).toBe('no_data')
    expect(answer.error.message).toMatch(/bars import PATH --timeframe 5m --stamp start/)
  })

  test('a rule about the pre-market says where none is stored', () => {
    const { code, answer } = at('dev_hour')('create', '--rule', 'TF: 1h\nSIGNAL: pm_last() > pclose()')
    expect(code).toBe(1)
    expect(answer.error.details.needs).toEqual(['premarket'])
  })
})
