import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type FireRule, fires } from '../../lib/alerts/fires.ts'
import { shared, withShared } from '../shared.ts'

/** One symbol: `days` and, per bar, 1 true, 0 not true. */
function fired(rule: FireRule, states: number[], days = states.map((_, i) => i)): number[] {
  const history = states.map((state, i) => ({ day: days[i], isTrue: state === 1 }))
  return fires(rule, history).flatMap((fire, i) => (fire ? [i] : []))
}

test('edge fires when the condition turns true', () => {
  expect(fired({ fire: 'edge' }, [0, 1, 1, 0, 1, 1])).toEqual([1, 4])
})

test('edge fires on a symbol’s first bar', () => {
  expect(fired({ fire: 'edge' }, [1, 1])).toEqual([0])
})

test('edge runs across sessions: still true in the morning is no fire', () => {
  expect(fired({ fire: 'edge' }, [0, 1, 1, 1], [1, 1, 2, 2])).toEqual([1])
})

test('no symbol fires twice in a session', () => {
  expect(fired({ fire: 'edge' }, [1, 0, 1, 0, 1], [1, 1, 1, 2, 2])).toEqual([0, 4])
})

test('session fires on the first true bar of each session', () => {
  expect(fired({ fire: 'session' }, [0, 1, 1, 1, 0, 1], [1, 1, 1, 2, 2, 2])).toEqual([1, 3])
})

test('ONCE counts only the first true bar of a session, so a later edge in it is none', () => {
  // true overnight: the morning's true bar is the one that counts, and it is no edge
  expect(fired({ fire: 'edge', once: true }, [1, 1, 0, 1], [1, 2, 2, 2])).toEqual([0])
  expect(fired({ fire: 'edge' }, [1, 1, 0, 1], [1, 2, 2, 2])).toEqual([0, 3])
})

withShared('the expected fires', () => {
  function rows(name: string): string[][] {
    const text = gunzipSync(readFileSync(shared(`prompts/expected/${name}.csv.gz`))).toString()
    return text
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(','))
  }
  const keys = (list: string[][]) => list.map((row) => row.join(',')).sort()
  function bySymbol(list: string[][]): Map<string, string[]> {
    const found = new Map<string, string[]>()
    for (const [symbol, time] of list) found.set(symbol, [...(found.get(symbol) ?? []), time])
    return found
  }
  function barDates(symbol: string): string[] {
    const text = gunzipSync(readFileSync(shared(`market/bars/daily/${symbol}.csv.gz`))).toString()
    const [header, ...lines] = text.trim().split(/\r?\n/)
    const at = header.split(',').indexOf('date')
    return lines.map((line) => line.split(',')[at])
  }

  // the condition is known inside the window only: its first bar is compared from the second session of the window on
  test.each(['rsi-04', 'cdl-03'])('edge of %s', (name) => {
    const found: string[][] = []
    const listed = rows(name)
    const first = listed.map(([, date]) => date).sort()[0]
    for (const [symbol, dates] of bySymbol(listed)) {
      const isTrue = new Set(dates)
      const bars = barDates(symbol)
      const verdicts = bars.map((date, day) => ({ day, isTrue: isTrue.has(date) }))
      const fired = fires({ fire: 'edge' }, verdicts)
      found.push(...bars.filter((_, i) => fired[i]).map((date) => [symbol, date]))
    }
    const later = (list: string[][]) => keys(list.filter(([, date]) => date > first))
    expect(later(found)).toEqual(later(rows(`${name}.fired`)))
    expect(found.length).toBeGreaterThan(500)
  })

  test.each([
    ['gap-02', false],
    ['brk-04', false],
    ['orb-01', true],
    ['pm-01', false],
  ])('session of %s', (name, once) => {
    if (!existsSync(shared(`prompts/expected/${name}.csv.gz`))) return
    const found: string[][] = []
    for (const [symbol, times] of bySymbol(rows(name))) {
      const ordered = [...times].sort()
      const verdicts = ordered.map((time) => ({ day: Date.parse(time.slice(0, 10)), isTrue: true }))
      const fired = fires({ fire: 'session', once }, verdicts)
      found.push(...ordered.filter((_, i) => fired[i]).map((time) => [symbol, time]))
    }
    expect(keys(found)).toEqual(keys(rows(`${name}.fired`)))
  })
})
