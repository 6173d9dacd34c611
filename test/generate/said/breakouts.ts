import type { Said } from './said.ts'

/** Highs and lows, bases, bands, candles. */
export const BREAKOUTS: readonly Said[] = [
  ['close at a 52-week high', 'close > highest(close,252)[1]'],
  [
    'breaks out of a 20-day range of less than 10%',
    'highest(high,20)[1]/lowest(low,20)[1]-1 < 0.10 and close > highest(high,20)[1]',
  ],
  ['new 3-month low', 'low < lowest(low,63)[1]'],
  [
    'Go long on a 55-day high, exit on a 20-day low',
    { signal: 'high > highest(high,55)[1]', exit: 'low < lowest(low,20)[1]' },
  ],
  [
    'new 52 week high for the first time in 3 months',
    'high > highest(high,252)[1] and count(high > highest(high,252)[1],63)[1] == 0',
  ],
  ['sitting within 3 percent of the 6-month low', 'close <= 1.03*lowest(low,126)'],
  ["NR7 yesterday and a close above yesterday's high today", 'nr(7)[1] and close > high[1]'],
  ["inside day yesterday, today breaks above yesterday's high", 'inside_bar()[1] and high > high[1]'],
  ['8-week range narrower than 12%', 'highest(high,40)/lowest(low,40)-1 < 0.12'],
  ['cup and handle', { ask: 'cup' }],
  ['Darvas box breakout', { ask: 'Darvas' }],
  ['higher highs and higher lows for 3 days', 'rising(high,3) and rising(low,3)'],
  [
    'Bollinger bands (20, 2) inside the Keltner channels (20, 1.5)',
    'bb_upper(20,2) < kc_upper(20,1.5) and bb_lower(20,2) > kc_lower(20,1.5)',
  ],
  ['bandwidth in the bottom 10% of its past year', 'pct_rank(bb_width(20,2),252) <= 0.10'],
  ['price closed above the upper bollinger band two days in a row', 'all(close > bb_upper(20,2),2)'],
  [
    'Closes back above the lower Bollinger band after closing below it the day before',
    'close > bb_lower(20,2) and close[1] < bb_lower(20,2)[1]',
  ],
  ['closes above the upper Keltner channel', 'close > kc_upper(20,1.5)'],
  ['hammer at a 20-day low', 'hammer() and low == lowest(low,20)'],
  ['doji after 3 up days', 'doji() and rising(close,3)[1]'],
  ['bearish engulfing at a 52-week high', 'bearish_engulfing() and high == highest(high,252)'],
  ['outside day closing in the top 25% of its range', 'outside_bar() and close_pos() >= 0.75'],
  ['two inside days in a row', 'all(inside_bar(),2)'],
  ['shooting star closing above the upper bollinger band', 'shooting_star() and close > bb_upper(20,2)'],
  ['morning star', { ask: 'morning star' }],
  ["closes in the bottom quarter of the day's range", 'close_pos() <= 0.25'],
  ['bullish engulfing on the weekly chart', 'wk(bullish_engulfing())'],
  ["today's range more than 2x ATR", 'high-low > 2*atr(14)'],
  ['the narrowest range in 10 days', 'nr(10)'],
  [
    'Buy a hammer with RSI under 35, stop under the low of the hammer, target 2R',
    {
      signal: 'hammer() and rsi(close,14) < 35',
      stop: 'entry(low)',
      target: 'entry_price + 2*initial_risk',
    },
  ],
  ['closed above the highest high of the prior 20 bars', 'close > highest(high,20)[1]'],
  ['closing low of the last 100 days', 'close == lowest(close,100)'],
  ['make a 52 week high within the last 5 days', 'any(high > highest(high,252)[1],5)'],
  ['all-time high', { ask: 'all-time high' }],
  ['bands narrower than at any time in 120 days', { ask: 'at any time' }],
  ['20-day low intraday but close in the upper half of the range', 'low < lowest(low,20)[1] and close_pos() >= 0.5'],
  [
    'price within 10% of its 52 week high and above its 50 day',
    'close >= 0.9*highest(high,252) and close > sma(close,50)',
  ],
  [
    'base of at least 5 weeks no deeper than 20%, then a close above its high',
    '1-lowest(low,25)[1]/highest(high,25)[1] <= 0.20 and close > highest(high,25)[1]',
  ],
  ['outside bar on 2x volume', 'outside_bar() and volume >= 2*sma(volume,20)[1]'],
  ['3 inside days', { ask: '3' }],
  ['bollinger band width below 5%', 'bb_width(20,2) < 0.05'],
  [
    'Alert me on a bullish engulfing in AMD',
    { universe: "symbol == 'AMD'", signal: 'bullish_engulfing()', fire: 'edge' },
  ],
]
