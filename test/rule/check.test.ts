import { describe, expect, it } from 'vitest'
import { AppError } from '../../lib/core/errors.ts'
import { type CheckContext, checkExpression } from '../../lib/rule/check.ts'
import { parseExpression } from '../../lib/rule/parse.ts'
import { SERIES } from '../../lib/strategy/series.ts'

const check = (text: string, context: CheckContext = { clause: 'signal' }) =>
  checkExpression(parseExpression(text), context)

function problem(text: string, context?: CheckContext): { message: string; details: unknown } {
  try {
    check(text, context)
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad_rule')
      return { message: error.message, details: error.details }
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

describe('names and arguments', () => {
  it.each([
    ['rsx(close,14) < 30', 'unknown name "rsx". Did you mean rsi?'],
    ['volumne > 3', 'Did you mean volume?'],
    ['SMA(close,5) > 3', 'Names are lower case: sma.'],
    ['stddev(close,5) > 3', 'Did you mean stdev?'],
    ['market_cap > 3', 'Did you mean mcap?'],
    ['stochk(14,3) > 3', 'Did you mean stoch_k?'],
    ['qqqqqq > 3', 'unknown name "qqqqqq".'],
    ['sma(close) > 3', 'sma takes 2 arguments, found 1: write sma(x, n).'],
    ['gap(1) > 3', 'gap takes no arguments, found 1: write gap().'],
    ['kc_upper(20) > close', 'kc_upper takes 2 or 3 arguments, found 1: write kc_upper(n, k[, n]).'],
    ['kama(close) > 3', 'kama takes 2 to 4 arguments, found 1: write kama(x, n[, n][, n]).'],
    ['parabolic_sar(0.02, 0.2) < close', 'Did you mean psar?'],
    ['hull_ma(close, 9) > close', 'Did you mean hma?'],
    ['ultimate_oscillator(7,14,28) > 50', 'Did you mean ultosc?'],
    ['wmaa(close, 5) > 3', 'Did you mean wma?'],
    ['psar(close, 0.2) > close', 'argument 1 must be a number written out'],
    ['gap > 3', 'gap needs its arguments: gap().'],
    ['close() > 3', 'close takes no parentheses'],
    ['sma(close, volume) > 3', 'sma: the window must be a positive whole number written out'],
    ['sma(close, 2.5) > 3', 'found 2.5'],
    ['sma(close, 0) > 3', 'found 0'],
    ['sma(close, 5%) > 3', 'whole number'],
    ['roc(close, -5) > 3', 'read the future'],
    ['sma(close, 1000000) > 3', 'longer than 100000'],
    ['rising(close, 501)', 'longer than 500'],
    ['bb_upper(20, close) > 3', 'argument 2 must be a number written out'],
    ['on(SPY, close) > 3', "argument 1 must be a name in single quotes, such as 'SPY'"],
  ])('%s', (text, message) => {
    expect(problem(text).message).toContain(message)
  })

  it('accepts every name of the table with the arguments it names', () => {
    const sample = { x: 'close', c: 'close > open', n: '14', k: '2', s: "'SPY'" }
    for (const { name, args, group, yields } of SERIES) {
      if (group === 'position' || yields === 'text' || (name === 'all' && args === undefined)) continue
      const x = name === 'ly' || name === 'pq' || name === 'yoy' ? 'roa' : sample.x
      const given = args?.map((kind) => (kind[0] === 'x' ? x : sample[kind[0] as 'c']))
      const text = given === undefined ? name : `${name}(${given.join(', ')})`
      expect(check(text, { clause: 'value', timeframe: '5m' }), text).toBe(yields)
    }
  })
})

describe('types', () => {
  it('takes a condition as a number, and no number as a condition', () => {
    expect(check('(roa > 0) + (roe > 0.1) >= 2')).toBe('condition')
    expect(check('sma(close > open, 5) > 0.5')).toBe('condition')
    expect(problem('rsi(close, 14)').message).toContain('takes a condition, and this is a number')
    expect(problem('close and open').message).toContain('"and" takes a condition')
    expect(problem('not close').message).toContain('"not" takes a condition')
    expect(problem('count(close, 5) > 2').message).toContain('count takes a condition')
    expect(problem('where(close, open) > 2').message).toContain('where takes a condition')
  })

  it('keeps a condition a condition through [k], wk, mo, pd and on', () => {
    expect(check('up()[1] and wk(close > open) and mo(up())')).toBe('condition')
    expect(check("on('SPY', close > sma(close, 200))")).toBe('condition')
    expect(check('pd(up())', { clause: 'signal', timeframe: '5m' })).toBe('condition')
    expect(problem('wk(close)').message).toContain('takes a condition')
  })

  it('needs a number where a clause is a level or an order', () => {
    expect(check('entry_price*0.9', { clause: 'stop' })).toBe('number')
    expect(check('up()', { clause: 'rank' })).toBe('condition')
    expect(problem('sector', { clause: 'rank' }).message).toContain('a text is not a value here')
  })

  it('compares strings with symbol, sector and industry only', () => {
    expect(check("symbol == 'KO' or 'PEP' == symbol or industry in ('Airlines')")).toBe('condition')
    expect(problem("close == 'KO'").message).toContain('strings compare only with symbol, sector or industry')
    expect(problem("symbol > 'KO'").message).toContain('texts compare by ==, !=, in and not in')
    expect(problem("'A' == 'B'").message).toContain('strings compare only')
    expect(problem("symbol == 'A' == 'B'").message).toContain('do not chain')
    expect(problem('symbol == sector').message).toContain('a string in single quotes')
    expect(problem("sma('close', 5) > 1").message).toContain("the string 'close' stands alone")
    expect(problem("close in ('A')").message).toContain('strings compare only')
    expect(problem("symbol[1] == 'A'").message).toContain('have no history: leave out [k]')
    expect(problem('symbol + 1 > 2').message).toContain('a text is not a number')
  })

  it('knows the 11 sectors and offers the nearest', () => {
    expect(check("sector in ('Energy', 'Real Estate')")).toBe('condition')
    expect(problem("sector == 'Technology'").message).toContain("Did you mean 'Information Technology'?")
    expect(problem("sector != 'Utilites'").details).toMatchObject({ found: 'Utilites', hint: 'Utilities' })
    expect(problem("sector in ('Energy', 'Banks')").message).toContain('The sectors are Communication Services')
  })

  it('checks industries where the list is known', () => {
    const context = { clause: 'signal', industries: ['Airlines', 'Specialty stores'] } as const
    expect(check("industry == 'Airlines'", context)).toBe('condition')
    expect(problem("industry == 'Airline'", context).details).toMatchObject({ hint: 'Airlines' })
    expect(check("industry == 'Airline'")).toBe('condition')
  })
})

describe('places', () => {
  it.each([
    ['entry_price > 3', 'stands only in EXIT, STOP, TARGET, TRAIL and SIZE'],
    ['tod() > 30', 'needs intraday bars'],
    ['all', 'stands only in UNIVERSE'],
    ['wk(xrank(close)) > 0.5', 'cannot stand inside wk(...)'],
    ["on('SPY', breadth(up())) > 0.5", 'cannot stand inside on(...)'],
    ['wk(pe) > 3', "may use only this symbol's bars, not pe"],
    ['wk(mo(close)) > 3', "may use only this symbol's bars, not mo"],
    ["wk(on('SPY', close)) > 3", "may use only this symbol's bars, not on"],
    ["on('SPY', on('IWM', close)) > 3", 'on(...) cannot stand inside on(...)'],
    ["on('SPY', pe) > 3", "is computed on that symbol's bars, not on pe"],
    ['ly(close) > 3', 'takes figures of the fiscal reports, and close is none'],
    ['ly(pe) > 3', 'pe cannot stand here'],
    ['yoy(sma(roa, 3)) > 3', 'sma is none'],
  ])('%s', (text, message) => {
    expect(problem(text).message).toContain(message)
  })

  it('allows weekly values of another symbol, cross-sections in windows, and figures a year back', () => {
    expect(check("on('SPY', wk(close > sma(close, 30)))")).toBe('condition')
    expect(check('sma(xrank(close), 5)[1] > 0.5')).toBe('condition')
    expect(check('roa > ly(roa) and pq(yoy(eps_q)) > 0.25')).toBe('condition')
  })

  it('keeps cross-sections out of UNIVERSE', () => {
    expect(problem('top(close, 10)', { clause: 'universe' }).message).toContain('UNIVERSE is what defines them')
    expect(check("all and index_member('SP500') and mcap > 100000000", { clause: 'universe' })).toBe('condition')
  })

  it.each([
    ['stop', 'bars_held', 'not known at the fill'],
    ['target', 'since_entry_high(close)', 'not known at the fill'],
    ['stop', 'entry_price - initial_risk', 'STOP cannot use it'],
    ['size', 'side', 'not known at the fill'],
    ['exit', 'entry_price[1] > close', 'one number of the position and cannot stand inside [k]'],
    ['exit', 'sma(equity, 20) > 1', 'equity is one number of the position'],
    ['exit', 'crosses_above(close, entry_price)', 'cannot stand inside crosses_above(...)'],
  ] as const)('%s: %s', (clause, text, message) => {
    expect(problem(text, { clause }).message).toContain(message)
  })

  it('lets position values stand in pointwise functions', () => {
    expect(check('max(entry_price, lowest(low, 20))', { clause: 'stop_after_target' })).toBe('number')
    expect(check('floor(min(0.01*equity/initial_risk, 100))', { clause: 'size' })).toBe('number')
    expect(check('(close - entry_price)*side > 2*entry(atr(14))', { clause: 'exit' })).toBe('condition')
    expect(check('sma(equity, 20) > 1')).toBe('condition')
  })
})
