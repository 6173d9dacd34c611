import type { Said } from './said.ts'

/** Volume and liquidity. */
export const VOLUME: readonly Said[] = [
  ['Volume is the highest in 50 days', 'volume == highest(volume,50)'],
  ['rvol > 3', 'volume > 3*sma(volume,20)[1]'],
  ['volume at least triple its 50-day average', 'volume >= 3*sma(volume,50)[1]'],
  ['average daily volume over the past 3 months above 1M shares', 'sma(raw_volume,63) > 1000000'],
  ['average daily dollar volume of at least $20 million', 'dollar_volume(20) >= 20000000'],
  ['volume below half of normal', 'volume < 0.5*sma(volume,20)[1]'],
  ['volume dries up to less than 60% of the 50-day average', 'volume < 0.6*sma(volume,50)[1]'],
  ['volume up three days in a row', 'rising(volume,3)'],
  ['up day on higher volume than yesterday', 'close > close[1] and volume > volume[1]'],
  ['OBV at a 50-day high', 'obv() == highest(obv(),50)'],
  [
    'pocket pivot: up day with volume greater than any down-day volume of the prior 10 days',
    'close > close[1] and volume > highest(where(close < close[1],volume,0),10)[1]',
  ],
  [
    'volume 40 to 60 percent above its 50-day average',
    'volume >= 1.4*sma(volume,50)[1] and volume <= 1.6*sma(volume,50)[1]',
  ],
  ['traded over 5 million shares today', 'raw_volume > 5000000'],
  ['stocks with 10x normal volume', 'volume >= 10*sma(volume,20)[1]'],
  ['on balance volume above its 20-day average', 'obv() > sma(obv(),20)'],
  ["volume less than yesterday's", 'volume < volume[1]'],
  ['big volume, small price change: up or down less than 1% on 2x average volume', { ask: 'small' }],
  ['volume over 200% of the 10 day average volume', 'volume > 2*sma(volume,10)[1]'],
  ['trading volume above 300k and price above $3', 'raw_volume > 300000 and raw_close > 3'],
  ['dollar volume above $50M', 'close*volume > 50000000'],
  ['5 day average volume greater than 50 day average volume', 'sma(volume,5) > sma(volume,50)'],
  [
    'relative volume of 2 or more and price up at least 3%',
    'volume >= 2*sma(volume,20)[1] and close/close[1]-1 >= 0.03',
  ],
  ['volume lower than average for 5 days in a row', 'all(volume < sma(volume,20)[1],5)'],
  ['no volume spike in the past 10 days', 'count(volume >= 1.5*sma(volume,20)[1],10) == 0'],
  ['lowest volume in a month', 'volume == lowest(volume,21)'],
  ['low float runners', { refuse: 'float' }],
  ['volume twice that of the day before', 'volume >= 2*volume[1]'],
  ['a day of heavy volume in the last week', 'any(volume >= 1.5*sma(volume,20)[1],5)'],
]
