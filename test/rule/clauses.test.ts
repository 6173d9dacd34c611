import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../lib/core/errors.ts'
import { parseRule, printRule, ruleClausesOf } from '../../lib/rule/clauses.ts'
import { printExpression } from '../../lib/rule/print.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { shared, withShared } from '../shared.ts'

function failure(source: string | RuleClauses): AppError {
  try {
    parseRule(source)
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error(`accepted: ${JSON.stringify(source)}`)
}

describe('the text of a rule', () => {
  const text = `
    TF: 1d
    UNIVERSE: stocks
    SIGNAL: rsi(close,14) < 30 and volume > 2*sma(volume,20)[1]
    EXIT: bars_held >= 5`

  it('has one clause a line, or clauses between semicolons', () => {
    const clauses = {
      timeframe: '1d',
      universe: 'stocks',
      signal: 'rsi(close,14) < 30 and volume > 2*sma(volume,20)[1]',
      exit: 'bars_held >= 5',
    }
    expect(ruleClausesOf(text)).toEqual(clauses)
    expect(ruleClausesOf(text.trim().replace(/\n\s*/g, ' ; '))).toEqual(clauses)
  })

  it('without clause names is the SIGNAL', () => {
    expect(ruleClausesOf('close > open\n  and volume > 0')).toEqual({ signal: 'close > open and volume > 0' })
  })

  it('keeps semicolons and blanks inside strings', () => {
    const clauses = ruleClausesOf("UNIVERSE: symbol in ('A;B',  'C  D'); SIGNAL: close > open")
    expect(clauses.universe).toBe("symbol in ('A;B', 'C  D')")
  })

  it('holds every clause of the reference, and prints them in its order', () => {
    const all: RuleClauses = {
      timeframe: '5m',
      at: '09:45',
      fill: 'close',
      universe: "index_member('SP500')",
      signal: 'close > vwap()',
      short: 'close < vwap()',
      rebalance: 'week',
      exit: 'bars_held >= 3',
      stop: 'entry_price*0.9',
      target: '50% at entry_price + 2*initial_risk',
      stop_after_target: 'entry_price',
      trail: 'since_entry_high(close) - 3*atr(14)',
      flat: 'close',
      maxpos: 10,
      cooldown: 0,
      once: 'session',
      size: 'floor(0.1*equity/entry_price)',
      pair: 'SPY',
      rank: 'roc(close,5) desc',
      limit: 30,
      fire: 'edge',
    }
    const rule = parseRule(all)
    expect(rule.clauses).toEqual(all)
    expect(rule.target).toMatchObject({ share: 0.5 })
    expect(rule.rank).toMatchObject({ order: 'desc' })
    const printed = printRule(rule)
    expect(printed.split('\n').map((line) => line.split(':')[0])).toEqual(
      'TF AT FILL UNIVERSE SIGNAL SHORT REBALANCE EXIT STOP TARGET STOP_AFTER_TARGET TRAIL FLAT MAXPOS COOLDOWN ONCE SIZE PAIR RANK LIMIT FIRE'.split(
        ' ',
      ),
    )
    expect(printed).toContain("PAIR: 'SPY'")
    expect(parseRule(printed)).toEqual(rule)
  })

  it('defaults to daily bars and stocks', () => {
    const rule = parseRule('SIGNAL: close > open')
    expect(rule.timeframe).toBe('1d')
    expect(printExpression(rule.universe)).toBe('stocks')
    expect(parseRule('SHORT: close > open').signal).toBeUndefined()
  })

  it('sells all at TARGET unless a part is named', () => {
    const share = (target: string) => parseRule({ signal: 'close > open', target }).target?.share
    expect(share('entry_price*1.2')).toBe(1)
    expect(share('33.3% at entry_price*1.2')).toBe(0.333)
    expect(share('100% at entry_price*1.2')).toBe(1)
  })
})

withShared('the development prompts', () => {
  const prompts = (): { id: string; rule: RuleClauses | null }[] =>
    JSON.parse(readFileSync(shared('prompts/prompts.json'), 'utf8'))

  it('parse, print and parse again to the same rule', () => {
    const rules = prompts().flatMap((prompt) => (prompt.rule === null ? [] : [prompt.rule]))
    expect(rules.length).toBeGreaterThan(40)
    for (const clauses of rules) {
      const rule = parseRule(clauses)
      expect(rule.clauses).toEqual(clauses)
      expect(parseRule(printRule(rule))).toEqual(rule)
      expect(parseRule(printRule(clauses))).toEqual(rule)
    }
  })
})

describe('errors', () => {
  it.each([
    ['EXITT: close > 1\nSIGNAL: close > open', 'Line 1: unknown clause "EXITT". Did you mean EXIT?'],
    ['SIGNAL: close > open\nclose > 2', 'Line 2: "close > 2" does not begin with a clause name'],
    ['SIGNAL: close > open\nSIGNAL: close > open', 'Line 2: SIGNAL stands twice'],
    ['SIGNAL:', 'Line 1: SIGNAL is empty'],
    ['EXIT: bars_held > 3', 'neither SIGNAL nor SHORT'],
    ['SIGNAL: close > open; TF: 2d', 'expected one of 1d, 1h, 15m, 5m, 1m'],
    ['SIGNAL: close > open; MAXPOS: 0', 'expected a whole number >= 1'],
    ['SIGNAL: close > open; LIMIT: ten', 'expected a whole number >= 1'],
    ['SIGNAL: close > open; AT: 9:25', 'a New York time'],
    ['SIGNAL: close > open; AT: 09:25', 'AT needs intraday bars'],
    ['SIGNAL: close > open; RANK: close', 'RANK: say the order at its end'],
    ['SIGNAL: close > open; TARGET: 120% at entry_price', 'at most 100%'],
    ['SIGNAL: close > open; STOP_AFTER_TARGET: entry_price', 'needs a TARGET'],
    ['SIGNAL: close > open; EXIT: close > entry_price + initial_risk', 'add a STOP'],
    ['SIGNAL: close > open; PAIR: KO or PEP', 'one symbol'],
    ['', 'The rule is empty'],
  ])('%s', (text, message) => {
    const error = failure(text)
    expect(error.code).toBe('bad_rule')
    expect(error.message).toContain(message)
  })

  it('name the clause and the column in its text', () => {
    const error = failure('SIGNAL: close > open\nTARGET: 50% at entry_prize*2')
    expect(error.message).toBe('TARGET, column 8: unknown name "entry_prize". Did you mean entry_price?')
    expect(error.details).toMatchObject({ clause: 'TARGET', position: 8, hint: 'entry_price' })
  })

  it('refuse JSON with an unknown clause, a wrong type or a condition as a number', () => {
    expect(failure({ signal: 'close > open', sginal: 'x' } as RuleClauses).message).toContain('Unknown clause "sginal"')
    expect(failure({ signal: 'close > open', maxpos: '3' } as unknown as RuleClauses).message).toContain('"maxpos"')
    expect(failure({ signal: 'close > open', pair: "'PEP'" }).message).toContain('PAIR')
  })

  it('stop at 20,000 characters', () => {
    expect(failure(`SIGNAL: close > ${'1'.repeat(20_000)}`).message).toContain('20000')
  })
})
