import type { Said } from './said.ts'

/** Moving averages: stacks, crossings, slopes, distances. */
export const AVERAGES: readonly Said[] = [
  ['price above the 8, 21 and 50 EMA', 'close > ema(close,8) and close > ema(close,21) and close > ema(close,50)'],
  ['9 EMA crossing the 21 EMA to the upside', 'crosses_above(ema(close,9),ema(close,21))'],
  ['50 SMA above 150 SMA above 200 SMA', 'sma(close,50) > sma(close,150) > sma(close,200)'],
  [
    'Trend template: price above the 150-day and 200-day averages, 150-day above 200-day, 200-day rising for at least a month, 50-day above both, price above the 50-day, at least 30% above the 52-week low and within 25% of the 52-week high',
    'close > sma(close,150) and close > sma(close,200) and sma(close,150) > sma(close,200) and rising(sma(close,200),21) and sma(close,50) > sma(close,150) and sma(close,50) > sma(close,200) and close > sma(close,50) and close/lowest(low,252)-1 >= 0.30 and close >= 0.75*highest(high,252)',
  ],
  ['stocks that reclaimed their 200-day moving average today', 'crosses_above(close,sma(close,200))'],
  ['stocks losing their 50 day today', 'crosses_below(close,sma(close,50))'],
  ['200 day moving average sloping up', 'sma(close,200) > sma(close,200)[1]'],
  ['price more than 20% below its 200 day', 'close/sma(close,200)-1 < -0.20'],
  ['within 1% of the 50dma', 'abs(close/sma(close,50)-1) <= 0.01'],
  [
    'Close between the 20 and 50-day averages',
    'close >= min(sma(close,20),sma(close,50)) and close <= max(sma(close,20),sma(close,50))',
  ],
  ['golden cross in the last 5 days', 'any(crosses_above(sma(close,50),sma(close,200)),5)'],
  ['10-week average above the 40-week average', 'sma(close,50) > sma(close,200)'],
  [
    'close above the 20ema for the first time in 10 days',
    'close > ema(close,20) and count(close > ema(close,20),10)[1] == 0',
  ],
  ['price crossed above its 50 day moving average within the past 3 days', 'any(crosses_above(close,sma(close,50)),3)'],
  ['5 ema over 13 ema over 34 ema', 'ema(close,5) > ema(close,13) > ema(close,34)'],
  [
    'stock closes above its 10 day moving average after 5 straight closes below it',
    'close > sma(close,10) and all(close < sma(close,10),5)[1]',
  ],
  ['20-day MA is at least 5% above the 50-day MA', 'sma(close,20)/sma(close,50)-1 >= 0.05'],
  ['Price is 2 ATR below the 20 EMA', '(ema(close,20)-close)/atr(14) >= 2'],
  ['Price has stayed above the 20-day average for 30 days', 'all(close > sma(close,20),30)'],
  ['Low touches the 50-day but the close holds above it', 'low <= sma(close,50) and close > sma(close,50)'],
  [
    'SMA20 crosses over SMA50 on above-average volume',
    'crosses_above(sma(close,20),sma(close,50)) and volume > sma(volume,20)[1]',
  ],
  ['10 day exponential moving average under the 30 day exponential moving average', 'ema(close,10) < ema(close,30)'],
  [
    'Buy when price crosses over the 20-day MA; sell when price crosses under the 10-day MA',
    {
      signal: 'crosses_above(close,sma(close,20))',
      exit: 'crosses_below(close,sma(close,10))',
    },
  ],
  ['50 day average flattening', { ask: 'flattening' }],
  [
    'stocks below all of their 20, 50 and 200 day averages',
    'close < sma(close,20) and close < sma(close,50) and close < sma(close,200)',
  ],
  ['price extended 25% or more over the 50 day line', 'close/sma(close,50)-1 >= 0.25'],
  [
    'Alert me when the 50-day average of MSFT turns down',
    {
      universe: "symbol == 'MSFT'",
      signal: 'sma(close,50) < sma(close,50)[1]',
      fire: 'edge',
    },
  ],
  [
    '200 dma rising, price pulled back to within 2% of it',
    'sma(close,200) > sma(close,200)[1] and abs(close/sma(close,200)-1) <= 0.02',
  ],
  [
    'Weinstein stage 2: price above a rising 150-day average',
    'close > sma(close,150) and sma(close,150) > sma(close,150)[1]',
  ],
  ['200-day average higher than a month ago', 'sma(close,200) > sma(close,200)[21]'],
  ['closed under the 21ema yesterday and reclaimed it today', 'close[1] < ema(close,21)[1] and close > ema(close,21)'],
  ['20 SMA of price above 20 EMA of price', 'sma(close,20) > ema(close,20)'],
]
