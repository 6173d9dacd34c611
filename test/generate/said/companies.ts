import type { Said } from './said.ts'

/** Company figures, earnings, universes. */
export const COMPANIES: readonly Said[] = [
  [
    'P/E between 5 and 12, dividend yield north of 4%, and market cap at least $2B',
    'pe >= 5 and pe <= 12 and div_yield > 0.04 and mcap >= 2000000000',
  ],
  [
    'dividend yield over 3%, payout ratio below 60%, at least 5 years of dividend growth',
    'div_yield > 0.03 and payout < 0.60 and div_growth_years >= 5',
  ],
  ['ROE above 15% and debt/equity below 0.5', 'roe > 0.15 and debt_to_equity < 0.5'],
  ['price to book less than 1 and current ratio above 2', 'pb < 1 and current_ratio > 2'],
  ['cheapest 10% of stocks by P/E', 'xrank(pe) <= 0.10'],
  ['free cash flow yield over 8%', 'fcf_yield > 0.08'],
  [
    'EPS growth of at least 25% and sales growth of at least 25% in the most recent quarter',
    'yoy(eps_q) >= 0.25 and yoy(revenue_q) >= 0.25',
  ],
  ["P/E below its sector's median and ROE above its sector's median", 'pe < sec_median(pe) and roe > sec_median(roe)'],
  ['gross margin above 50% and revenue up 20% yoy', 'gross_margin > 0.50 and yoy(revenue_q) >= 0.20'],
  ['profitable small caps trading under book value', 'eps_ttm > 0 and mcap < 2000000000 and pb < 1'],
  ['companies with no long-term debt', 'long_term_debt == 0'],
  ['more cash than total debt', 'cash > total_debt'],
  ['earnings yield higher than 10%', 'ey > 0.10'],
  ['positive free cash flow and net margin above 10%', 'cfo_ttm-capex_ttm > 0 and net_income_ttm/revenue_ttm > 0.10'],
  ['Piotroski score at least 7 and price to book in the lowest quintile', 'fscore() >= 7 and xrank(pb) <= 0.20'],
  ['EV/EBIT under 8', 'ev/ebit_ttm < 8'],
  ['ROIC over 15%', 'ebit_ttm/invested_capital > 0.15'],
  ['25+ years of dividend increases', 'div_growth_years >= 25'],
  ['PEG under 1', { ask: 'PEG' }],
  [
    'High dividend low volatility: top 20% by dividend yield and bottom 20% by 1-year volatility',
    'xrank(div_yield) >= 0.80 and xrank(stdev(roc(close,1),252)) <= 0.20',
  ],
  ['P/S below 1', 'mcap/revenue_ttm < 1'],
  ['fewer shares outstanding than a year ago', 'shares < ly(shares)'],
  ['return on assets better than 10% and improving year over year', 'roa > 0.10 and roa > ly(roa)'],
  ['earnings in the next 5 days', 'bars_to_earnings <= 5'],
  ['Buy when RSI < 30, exit the day before earnings', { signal: 'rsi(close,14) < 30', exit: 'bars_to_earnings == 1' }],
  ['RSI below 30 and no earnings within the next 10 days', 'rsi(close,14) < 30 and not (bars_to_earnings <= 10)'],
  ['gapped up at least 5% on earnings', 'bars_since_earnings == 0 and open/close[1]-1 >= 0.05'],
  [
    'Buy 5 days before earnings and sell the day before the report',
    { signal: 'bars_to_earnings == 5', exit: 'bars_to_earnings == 1' },
  ],
  ['missed estimates by 5% or more', 'bars_since_earnings == 0 and eps_surprise <= -0.05'],
  [
    'reported earnings within the last 5 days and price above the 50-day',
    'bars_since_earnings <= 5 and close > sma(close,50)',
  ],
  [
    'AAPL, MSFT or NVDA closing above their upper Bollinger band',
    { universe: "symbol in ('AAPL','MSFT','NVDA')", signal: 'close > bb_upper(20,2)' },
  ],
  ['energy stocks with RSI under 35', { universe: "sector == 'Energy'", signal: 'rsi(close,14) < 35' }],
  [
    'everything except energy and utilities: new 52 week lows',
    { universe: "sector not in ('Energy','Utilities')", signal: 'low < lowest(low,252)[1]' },
  ],
  [
    'health care names priced between $5 and $20 up 3%+ on the day',
    { universe: "sector == 'Health Care'", signal: 'raw_close >= 5 and raw_close <= 20 and close/close[1]-1 >= 0.03' },
  ],
  [
    'S&P 500 components making 52-week lows on 2x volume',
    { universe: "index_member('SP500')", signal: 'low < lowest(low,252)[1] and volume >= 2*sma(volume,20)[1]' },
  ],
  ['all stocks and ETFs above the 200dma', { universe: 'all', signal: 'close > sma(close,200)' }],
  ['Nasdaq 100 stocks with RSI < 30', { ask: 'Nasdaq 100' }],
  ['Russell 2000 names up 5 days in a row', { ask: 'Russell 2000' }],
  ['stocks under $5 with volume over 2 million shares', 'raw_close < 5 and raw_volume > 2000000'],
  ['mid caps with RSI under 30', 'mcap >= 2000000000 and mcap < 10000000000 and rsi(close,14) < 30'],
  ['trading below 20 bucks', 'raw_close < 20'],
  [
    'stocks not in the S&P 500 with P/E under 10',
    { universe: "stocks and not index_member('SP500')", signal: 'pe < 10' },
  ],
  [
    'large cap tech up at least 2% today',
    { universe: "sector == 'Information Technology'", signal: 'mcap >= 10000000000 and close/close[1]-1 >= 0.02' },
  ],
  ['KO vs PEP: which one has RSI under 30', { universe: "symbol in ('KO','PEP')", signal: 'rsi(close,14) < 30' }],
  [
    'only in SPY, QQQ and IWM: close above the 200-day average',
    { universe: "symbol in ('SPY','QQQ','IWM')", signal: 'close > sma(close,200)' },
  ],
  ['dividend payers yielding at least 5% that are above their 200 day', 'div_yield >= 0.05 and close > sma(close,200)'],
  ['market cap above 500m and below 5b', 'mcap > 500000000 and mcap < 5000000000'],
  ['revenue growth accelerating', { ask: 'accelerating' }],
  [
    'sales growth above 15% in each of the last 3 quarters',
    'yoy(revenue_q) > 0.15 and pq(yoy(revenue_q)) > 0.15 and pq(pq(yoy(revenue_q))) > 0.15',
  ],
]
