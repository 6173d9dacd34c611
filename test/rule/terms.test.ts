import { describe, expect, it } from 'vitest'
import { parseRule } from '../../lib/rule/clauses.ts'
import { explainRule } from '../../lib/rule/explain.ts'
import { printExpression } from '../../lib/rule/print.ts'
import { namedTerms } from '../../lib/rule/terms.ts'

const terms = (text: string) =>
  namedTerms(parseRule(text)).map(({ name, scale }) => (scale === 1 ? name : `${name} x${scale}`))

describe('named terms', () => {
  it('are those of the guide for its gap prompt', () => {
    const found = namedTerms(
      parseRule('SIGNAL: open/close[1]-1 > 0.03 and volume >= 1.5*sma(volume,20)[1]\nRANK: open/close[1]-1 desc'),
    )
    expect(found.map(({ name, scale, expr }) => [name, scale, printExpression(expr)])).toEqual([
      ['gap_percent', 100, 'open / close[1] - 1'],
      ['volume_ratio', 1, 'volume / sma(volume, 20)[1]'],
    ])
  })

  it('know one value in two spellings', () => {
    expect(
      terms('SIGNAL: gap() > 3% and rvol(20) > 2 and roc(close,1) > 0\nRANK: volume/sma(volume,20)[1] desc'),
    ).toEqual(['gap_percent x100', 'volume_ratio', 'return_1d_percent x100'])
    expect(terms('open/close[1]-1 > gap()')).toEqual(['gap_percent x100'])
  })

  it('are called as the field calls them', () => {
    expect(
      terms(
        'rsi(close,14) < 30 and adx(14) > 25 and pe < 15 and debt_to_equity < 0.5 and crosses_above(sma(close,50), sma(close,200))',
      ),
    ).toEqual(['rsi_14', 'adx_14', 'pe_ratio', 'debt_to_equity', 'sma_50', 'sma_200'])
    expect(
      terms('roc(close,5) > 0.1 and close/sma(close,200)-1 > 0.5 and xrank(close[21]/close[252]-1) > 0.9'),
    ).toEqual(['return_5d_percent x100', 'close_vs_sma_200_percent x100', 'rank_of_close_change_252_to_21'])
  })

  it('show a weighted score and its parts', () => {
    expect(terms('2*roc(close,5)+roc(close,20)+0.1*volume/sma(volume,10) > 0.05')).toEqual([
      'return_5d_percent x100',
      'return_20d_percent x100',
      'volume_ratio',
      'score',
    ])
  })

  it('are identifiers that differ', () => {
    const names = namedTerms(
      parseRule(
        'rvol(20) > 2 and rvol(50) > 2 and volume > sma(volume,5) and roc(volume,5) > 1 and (high-low)*2/3 > abs(close - 7) and sma(high,5) > sma(low,5)',
      ),
    ).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(names.slice(0, 3)).toEqual(['volume_ratio', 'volume_ratio_50', 'volume_ratio_5'])
  })

  it('leave out texts and literals, and show a candle by where in its range the bar closed', () => {
    expect(terms("doji() and sector == 'Energy' and up()[1] and 2 > 1")).toEqual([
      'close_position',
      'close_position_prior',
    ])
  })

  it('show what named conditions look at: streaks, counts, weekly bars, other symbols', () => {
    expect(
      terms(
        "rising(close,3) and any(volume > sma(volume,50), 5) and wk(close > sma(close,10)) and on('SPY', roc(close,20) < 0)",
      ),
    ).toEqual(['close', 'count_volume_above_avg_volume_50_5', 'weekly_close', 'weekly_sma_10', 'spy_roc_20'])
  })

  it('keep the value of RANK however many conditions there are', () => {
    const many = Array.from({ length: 30 }, (_, i) => `sma(close,${i + 2}) > 1`).join(' and ')
    const names = terms(`SIGNAL: ${many}\nRANK: roc(close,252) desc`)
    expect(names).toHaveLength(25)
    expect(names.at(-1)).toBe('return_252d_percent x100')
  })
})

describe('the rule in words', () => {
  it('is one sentence a clause', () => {
    const rule = parseRule(`UNIVERSE: index_member('SP500')
      SIGNAL: open/close[1]-1 > 3% and volume >= 1.5*sma(volume,20)[1] and close > highest(high,252)[1]
      EXIT: bars_held >= 5 or close < sma(close,50)
      STOP: entry_price*0.92
      TARGET: 50% at entry_price*1.2
      MAXPOS: 10
      RANK: roc(close,20) desc
      LIMIT: 30`)
    expect(explainRule(rule)).toEqual([
      'Among symbols for which it is a member of SP500 on that date.',
      'Signal when the open is more than 3% above the close of the day before, and volume is at least 1.5 times the average volume of the 20 days before, and the close is above the highest high of the 252 days before.',
      'Exit at the next open when it has been held for at least 5 days, or the close is below the 50-day average.',
      'Stop at 0.92 times the entry price.',
      'Sell 50% at 1.2 times the entry price.',
      'At most 10 positions at once.',
      'Ranked by the 20-day return, largest first.',
      'Only the first 30 of a screen are kept.',
    ])
  })

  it.each([
    ['roc(close,3) <= -8%', 'Signal when the close is down at least 8% over 3 days.'],
    ['roc(close,3) > -8%', 'Signal when the change of the close over 3 days is above -8%.'],
    ['close/close[1]-1 >= 0.05', 'Signal when the close is up at least 5% from the day before.'],
    ['abs(close/sma(close,20)-1) <= 0.03', 'Signal when the close is within 3% of the 20-day average.'],
    ['adx(14) > adx(14)[1]', 'Signal when ADX(14) is above its value the day before.'],
    [
      'wk(close > sma(close,30))',
      'Signal when on the last completed weekly bar, the close is above the 30-week average.',
    ],
    [
      'up() and (down() or doji())',
      'Signal when the close is above the open, and (the close is below the open, or the bar shows doji).',
    ],
    [
      "symbol not in ('A','B') and sector != 'Energy'",
      'Signal when symbol is none of A, B, and the sector is not Energy.',
    ],
  ])('%s: %s', (text, sentence) => {
    expect(explainRule(parseRule(text))).toContain(sentence)
  })
})
