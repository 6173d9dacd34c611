import type { Said } from './said.ts'

/** Portfolios, exits, stops, sizes, regimes. */
export const TRADES: readonly Said[] = [
  [
    'Each month buy the 50 S&P 500 stocks with the lowest 1-year volatility',
    { universe: "index_member('SP500')", signal: 'top(-stdev(roc(close,1),252),50)', rebalance: 'month' },
  ],
  [
    'Every week, buy the 10 worst performers of the last 5 days among S&P 500 stocks',
    { universe: "index_member('SP500')", signal: 'top(-roc(close,5),10)', rebalance: 'week' },
  ],
  [
    'Equal weight the top 5 sector ETFs by 6-month return, rebalance monthly',
    {
      universe: "symbol in ('XLK','XLF','XLV','XLE','XLI','XLY','XLP','XLU','XLB','XLRE','XLC')",
      signal: 'top(roc(close,126),5)',
      rebalance: 'month',
    },
  ],
  ['Dogs of the Dow', { ask: 'Dow' }],
  [
    '6-month momentum top quintile, monthly rebalance, long only',
    { signal: 'xrank(roc(close,126)) >= 0.80', rebalance: 'month' },
  ],
  [
    'Long the top decile and short the bottom decile by 12-1 momentum, monthly',
    {
      signal: 'xrank(close[21]/close[252]-1) >= 0.90',
      short: 'xrank(close[21]/close[252]-1) <= 0.10',
      rebalance: 'month',
    },
  ],
  ['RS rating above 90', 'xrank(roc(close,252)) > 0.90'],
  [
    'stocks in the top 20% by 3 month return whose 1 month return is negative',
    'xrank(roc(close,63)) >= 0.80 and roc(close,21) < 0',
  ],
  ['stocks with P/E under 12, sorted by dividend yield, highest first', { signal: 'pe < 12', rank: 'div_yield desc' }],
  [
    'Buy when RSI(2) < 5; 3% target, 5% stop, max 10 days',
    { signal: 'rsi(close,2) < 5', target: 'entry_price*1.03', stop: 'entry_price*0.95', exit: 'bars_held >= 10' },
  ],
  [
    'Buy a close above the 20-day high, chandelier exit 3 ATR below the highest high since entry',
    { signal: 'close > highest(high,20)[1]', trail: 'since_entry_high(high) - 3*atr(14)' },
  ],
  [
    'Buy golden crosses, time stop after 7 trading days',
    { signal: 'crosses_above(sma(close,50),sma(close,200))', exit: 'bars_held >= 7' },
  ],
  [
    'Buy 20 day highs, stop 1.5 ATR(10) below entry, target 3 ATR(10) above entry',
    {
      signal: 'high > highest(high,20)[1]',
      stop: 'entry_price - 1.5*entry(atr(10))',
      target: 'entry_price + 3*entry(atr(10))',
    },
  ],
  [
    'Buy RSI(2) under 10, sell when it closes below the 10-day low or after 20 days, whichever comes first',
    { signal: 'rsi(close,2) < 10', exit: 'close < lowest(low,10)[1] or bars_held >= 20' },
  ],
  [
    'Buy 52-week highs; exit if down 7% or up 15%',
    { signal: 'high > highest(high,252)[1]', stop: 'entry_price*0.93', target: 'entry_price*1.15' },
  ],
  [
    'Buy closes above the 50-day high; sell half at 10% profit and the rest when price closes below the 20 EMA',
    { signal: 'close > highest(high,50)[1]', target: '50% at entry_price*1.10', exit: 'close < ema(close,20)' },
  ],
  [
    'Buy new 100-day highs, risk 2% per trade, stop 10%, no more than 5 positions at once',
    {
      signal: 'high > highest(high,100)[1]',
      stop: 'entry_price*0.90',
      size: 'floor(0.02*equity/(0.10*entry_price))',
      maxpos: 5,
    },
  ],
  [
    'Buy RSI below 25, hold 5 days, wait 10 days before re-entering',
    { signal: 'rsi(close,14) < 25', exit: 'bars_held >= 5', cooldown: 10 },
  ],
  [
    'Buy SPY on the last trading day of the month, sell after 4 days',
    { universe: "symbol == 'SPY'", signal: 'month_end()', exit: 'bars_held >= 4' },
  ],
  ['Buy on Mondays and sell on Fridays', { ask: 'Monday' }],
  ['Sell in May and go away', { ask: 'May' }],
  [
    'Buy at the close when RSI(2) is under 5, sell at the close when RSI(2) is over 70',
    { signal: 'rsi(close,2) < 5', exit: 'rsi(close,2) > 70', fill: 'close' },
  ],
  [
    'Short when RSI(2) is over 95 below the 200-day, cover when price closes under the 5-day average',
    { short: 'rsi(close,2) > 95 and close < sma(close,200)', exit: 'close < sma(close,5)' },
  ],
  [
    'Buy hammers, size each position at 10% of equity, hold 3 days',
    { signal: 'hammer()', size: 'floor(0.10*equity/entry_price)', exit: 'bars_held >= 3' },
  ],
  [
    'Buy dojis with $10,000 per trade, exit after 2 days',
    { signal: 'doji()', size: 'floor(10000/entry_price)', exit: 'bars_held >= 2' },
  ],
  [
    'Only when SPY is above its 200-day: buy stocks with RSI(2) < 10, sell when RSI(2) > 70',
    { signal: "on('SPY',close > sma(close,200)) and rsi(close,2) < 10", exit: 'rsi(close,2) > 70' },
  ],
  [
    'Buy IBS below 0.2 in SPY, sell IBS above 0.8',
    { universe: "symbol == 'SPY'", signal: 'close_pos() < 0.2', exit: 'close_pos() > 0.8' },
  ],
  [
    'Go long QQQ when it closes above its 100-day average, otherwise stay in cash',
    { universe: "symbol == 'QQQ'", signal: 'close > sma(close,100)', exit: 'close <= sma(close,100)' },
  ],
  [
    'Buy stocks down 5% in 3 days above the 200 day. Exit on a close above the 5 day average or after 10 days. Stop loss 10%.',
    {
      signal: 'roc(close,3) <= -0.05 and close > sma(close,200)',
      exit: 'close > sma(close,5) or bars_held >= 10',
      stop: 'entry_price*0.90',
    },
  ],
  ['buy gap downs of 5% or more, hold overnight', { ask: 'overnight' }],
  [
    'Long the 20 stocks with the highest earnings yield, equal weighted, rebalanced every month',
    { signal: 'top(ey,20)', rebalance: 'month' },
  ],
  [
    'Buy the 10 stocks with the best 12-month return that are above their 200-day, monthly',
    { signal: 'top(roc(close,252),10) and close > sma(close,200)', rebalance: 'month' },
  ],
  [
    'Sell short a death cross, cover on a golden cross',
    { short: 'crosses_below(sma(close,50),sma(close,200))', exit: 'crosses_above(sma(close,50),sma(close,200))' },
  ],
  [
    'Buy if RSI < 30. Sell if RSI > 70 or price falls 8% below entry.',
    { signal: 'rsi(close,14) < 30', exit: 'rsi(close,14) > 70', stop: 'entry_price*0.92' },
  ],
  [
    'Enter long on a close over the upper Bollinger band, exit on a close under the middle band, trailing stop of 10%',
    {
      signal: 'close > bb_upper(20,2)',
      exit: 'close < bb_mid(20)',
      trail: 'since_entry_high(close)*0.90',
    },
  ],
  [
    'Buy a 4% pullback from the 10 day high with a target of 1.5 times the risk and a 4% stop',
    {
      signal: 'close/highest(high,10)-1 <= -0.04',
      stop: 'entry_price*0.96',
      target: 'entry_price*1.06',
    },
  ],
  [
    'If more than 60% of stocks are above their 200-day average, buy stocks making new 50-day highs and hold 20 days',
    {
      signal: 'breadth(close > sma(close,200)) > 0.6 and high > highest(high,50)[1]',
      exit: 'bars_held >= 20',
    },
  ],
  [
    'Buy when the stock has closed down 4 days straight, sell the next up close',
    { signal: 'falling(close,4)', exit: 'close > close[1]' },
  ],
  [
    'Use a 2 ATR stop and a 4 ATR profit target on 20-day closing breakouts',
    {
      signal: 'close > highest(close,20)[1]',
      stop: 'entry_price - 2*entry(atr(14))',
      target: 'entry_price + 4*entry(atr(14))',
    },
  ],
]
