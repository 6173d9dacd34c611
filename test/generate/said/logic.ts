import type { Said } from './said.ts'

/** Negation, alternatives, counts, weekly and monthly bars, the session, the market. */
export const LOGIC: readonly Said[] = [
  ['RSI below 30 but not below the 200-day average', 'rsi(close,14) < 30 and close >= sma(close,200)'],
  ['new 52-week high unless RSI is above 80', 'high > highest(high,252)[1] and not (rsi(close,14) > 80)'],
  [
    'either RSI under 25 or price 3 ATRs below the 20-day average, and volume above average',
    '(rsi(close,14) < 25 or (sma(close,20)-close)/atr(14) >= 3) and volume > sma(volume,20)[1]',
  ],
  ['up 5% today without a gap up', 'close/close[1]-1 >= 0.05 and not (open > close[1])'],
  [
    'at least two of these: RSI under 30, close below the lower Bollinger band, three down days in a row',
    '(rsi(close,14) < 30) + (close < bb_lower(20,2)) + falling(close,3) >= 2',
  ],
  [
    'close above the 50-day average, but only if the 50-day is above the 200-day',
    'close > sma(close,50) and sma(close,50) > sma(close,200)',
  ],
  ['weekly RSI below 30', 'wk(rsi(close,14)) < 30'],
  ['weekly MACD crosses above its signal line', 'wk(crosses_above(macd(12,26),macd_signal(12,26,9)))'],
  ['monthly close above the 10-month average', 'mo(close > sma(close,10))'],
  [
    'Hold SPY when the monthly close is above its 10-month average, otherwise cash',
    { universe: "symbol == 'SPY'", signal: 'mo(close > sma(close,10))', exit: 'not mo(close > sma(close,10))' },
  ],
  ['three up weeks in a row', 'wk(rising(close,3))'],
  [
    'price crosses above VWAP on the 5-minute chart after 10:00',
    { timeframe: '5m', signal: 'crosses_above(close,vwap()) and tod() > 30' },
  ],
  [
    'at 3:30 pm stocks up more than 3% on the day with relative volume over 2',
    { timeframe: '5m', signal: 'tod() == 360 and close/pclose()-1 > 0.03 and day_rvol(10) > 2' },
  ],
  ['RSI below 20 on the 5 minute chart', { timeframe: '5m', signal: 'rsi(close,14) < 20' }],
  [
    'on a 15 minute chart, 9 EMA crosses above 20 EMA',
    { timeframe: '15m', signal: 'crosses_above(ema(close,9),ema(close,20))' },
  ],
  [
    '30 minute opening range: short the first 5 minute close below the range, stop at the top of the range, flat by the close',
    { timeframe: '5m', short: 'tod() > 30 and close < orl(30)', once: 'session', stop: 'orh(30)', flat: 'close' },
  ],
  ['outperforming QQQ over the past 3 months', "roc(close,63) > on('QQQ',roc(close,63))"],
  [
    'relative strength line against SPY at a 52-week high',
    "close/on('SPY',close) == highest(close/on('SPY',close),252)",
  ],
  ['up on a day when SPY is down more than 1%', "close > close[1] and on('SPY',close/close[1]-1) < -0.01"],
  ['3 month return above the sector median', 'roc(close,63) > sec_median(roc(close,63))'],
  [
    'Alert when TSLA drops below 200',
    { universe: "symbol == 'TSLA'", signal: 'crosses_below(raw_close,200)', fire: 'edge' },
  ],
  [
    'Let me know when NVDA closes above $150',
    { universe: "symbol == 'NVDA'", signal: 'raw_close > 150', fire: 'edge' },
  ],
  [
    'ping me if any S&P 500 stock drops 10% in a day',
    { universe: "index_member('SP500')", signal: 'close/close[1]-1 <= -0.10', fire: 'edge' },
  ],
  [
    'RSI under 30 or stochastic under 20, and price over $10',
    {
      signal: 'rsi(close,14) < 30 or stoch_k(14,3) < 20 and raw_close > 10',
    },
  ],
  [
    'RSI under 30 and price over $10 or MFI under 10',
    { signal: 'rsi(close,14) < 30 and raw_close > 10 or mfi(14) < 10' },
  ],
  [
    'close neither above the 50-day nor the 200-day average',
    'not (close > sma(close,50)) and not (close > sma(close,200))',
  ],
  ["it isn't overbought and it's above its 50 day average", 'not (rsi(close,14) > 70) and close > sma(close,50)'],
  ['stocks that are not down today', 'not (close < close[1])'],
  [
    'P/E no more than 15, yield no less than 3%, debt to equity not above 1',
    'pe <= 15 and div_yield >= 0.03 and debt_to_equity <= 1',
  ],
  [
    'with neither a gap up nor high volume: close above the 20 day high',
    'close > highest(high,20)[1] and not (open > close[1]) and not (volume >= 1.5*sma(volume,20)[1])',
  ],
  ['SPY down 2% or more and the stock still closes green', "on('SPY',close/close[1]-1 <= -0.02) and close > close[1]"],
  [
    'stocks above $10. Average volume over 500k. RSI crossing above 50. Price above the 50 day.',
    'raw_close > 10 and sma(raw_volume,20) > 500000 and crosses_above(rsi(close,14),50) and close > sma(close,50)',
  ],
  ['RSI < 30 AND Volume > 1000000 AND Price > 5', 'rsi(close,14) < 30 and raw_volume > 1000000 and raw_close > 5'],
  [
    'Price > SMA(50) and SMA(50) > SMA(200) and RSI(14) < 40',
    'close > sma(close,50) and sma(close,50) > sma(close,200) and rsi(close,14) < 40',
  ],
  ['close crosses above sma(20) and close > 15', 'crosses_above(close,sma(close,20)) and raw_close > 15'],
  [
    'Price within 5% of 52-week high; RSI 50-70; Avg Vol > 1M; Market Cap > $10B',
    'close >= 0.95*highest(high,252) and rsi(close,14) >= 50 and rsi(close,14) <= 70 and sma(raw_volume,20) > 1000000 and mcap > 10000000000',
  ],
  ['at the end of the week, buy stocks that closed above their 10-week high', { ask: '?' }],
  ['the last weekly close above the 10-week high', 'wk(close > highest(high,10)[1])'],
  ['monthly RSI over 60 and daily RSI under 40', 'mo(rsi(close,14)) > 60 and rsi(close,14) < 40'],
  // "followed by": what was said first is of the session before
  ['Gap up of 3% followed by a close below the open', '(open/close[1]-1)[1] >= 0.03 and close < open'],
  ['three down days followed by an up day', 'falling(close,3)[1] and close > close[1]'],
  [
    'Golden cross followed by a dip to the 50-day average',
    'crosses_above(sma(close,50),sma(close,200))[1] and low <= sma(close,50)',
  ],
  // a word that waits for a condition is not lost
  ['OBV at a 50-day high while price is not', { ask: 'not' }],
  ['Buy when RSI is below 30, unless', { ask: 'unless' }],
  ['Stocks above the 200-day average and not. RSI below 30', { ask: 'not' }],
  ['Buy the first close above the 50-day average', { ask: 'first' }],
  ['Do not short; buy gap ups over 3%', 'open/close[1]-1 > 0.03'],
  ['stocks beating their sector over 3 months', 'roc(close,63) > sec_median(roc(close,63))'],
  ['stocks that lag their sector median over 6 months', 'roc(close,126) < sec_median(roc(close,126))'],
  ['Price breaks out of a 20-day Donchian channel', 'close > donchian_upper(20)'],
  ['close below the lower Donchian channel', 'close < donchian_lower(20)'],
  ['Parabolic SAR flips bullish', 'crosses_above(close,psar(0.02,0.2))'],
  ['Supertrend turns red', 'crosses_below(close,supertrend(10,3))'],
  ['Supertrend is bullish and RSI above 50', 'close > supertrend(10,3) and rsi(close,14) > 50'],
  // since the open, by this time of day, multiples of averages, deviations, the side a line is crossed from
  [
    'Alert me when TSLA drops 3% from its open',
    { timeframe: '5m', universe: "symbol == 'TSLA'", signal: 'close/dopen()-1 <= -0.03', fire: 'session' },
  ],
  [
    'Alert me if NVDA trades at twice its usual volume for the time of day',
    { timeframe: '5m', universe: "symbol == 'NVDA'", signal: 'day_rvol(10) >= 2', fire: 'session' },
  ],
  [
    'Find stocks whose 10-day average volume is three times the 60-day average volume',
    'sma(volume,10) >= 3*sma(volume,60)',
  ],
  ['Close 2.5 standard deviations above its 50-day average', 'close >= bb_upper(50,2.5)'],
  ['close more than two standard deviations below the 20-day average', 'close < bb_lower(20,2)'],
  ['Price crosses its 50-day average from above', 'crosses_below(close,sma(close,50))'],
  [
    'MACD crosses its signal line from below while MACD is negative',
    'crosses_above(macd(12,26),macd_signal(12,26,9)) and macd(12,26) < 0',
  ],
  ['Stocks up three weeks in a row with rising volume each week', { ask: 'each week' }],
  ['net income growing by 15%', 'yoy(net_income_ttm) >= 0.15'],
  ['Short the weakest 10% by 3-month return weekly', { short: 'xrank(roc(close,63)) <= 0.10', rebalance: 'week' }],
  [
    'Buy a 5-day low, exit at the 5-day high, no stop',
    { signal: 'low < lowest(low,5)[1]', exit: 'high == highest(high,5)' },
  ],
]
