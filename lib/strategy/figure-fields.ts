/** One field of getFundamentalData and the rule-language expression it is computed from. */
export interface FigureField {
  readonly name: string
  readonly expr: string
  readonly meaning: string
}

const FIELDS: Record<string, [expr: string, meaning: string]> = {
  market_cap: ['mcap', 'market capitalisation'],
  enterprise_value: ['ev', 'market capitalisation plus debt less cash'],
  pe_ratio: ['pe', 'price over earnings; NaN for earnings <= 0'],
  pb_ratio: ['pb', 'price over book value; NaN for book <= 0'],
  ps_ratio: ['mcap/revenue_ttm', 'market capitalisation over revenue'],
  earnings_yield: ['ey', 'earnings over price'],
  eps: ['eps_ttm', 'earnings per share, trailing twelve months'],
  eps_quarter: ['eps_q', 'earnings per share of the last quarter'],
  eps_growth: ['yoy(eps_ttm)', 'growth of earnings per share against a year earlier'],
  revenue: ['revenue_ttm', 'revenue, trailing twelve months'],
  revenue_quarter: ['revenue_q', 'revenue of the last quarter'],
  revenue_growth: ['yoy(revenue_ttm)', 'growth of revenue against a year earlier'],
  ebit: ['ebit_ttm', 'earnings before interest and tax, trailing twelve months'],
  net_income: ['net_income_ttm', 'net income, trailing twelve months'],
  gross_profit: ['gross_profit_ttm', 'gross profit, trailing twelve months'],
  gross_margin: ['gross_margin', 'gross profit over revenue'],
  operating_margin: ['ebit_ttm/revenue_ttm', 'earnings before interest and tax over revenue'],
  net_margin: ['net_income_ttm/revenue_ttm', 'net income over revenue'],
  operating_cash_flow: ['cfo_ttm', 'cash flow from operations, trailing twelve months'],
  capital_expenditure: ['capex_ttm', 'capital expenditure (positive), trailing twelve months'],
  free_cash_flow: ['cfo_ttm-capex_ttm', 'cash flow from operations less capital expenditure'],
  free_cash_flow_yield: ['fcf_yield', 'free cash flow over market capitalisation'],
  dividends_per_share: ['dps_ttm', 'dividends with ex-date in the last 365 days'],
  dividend_yield: ['div_yield', 'dividends over price'],
  payout_ratio: ['payout', 'dividends over earnings'],
  book_value_per_share: ['book_ps', 'book value per share'],
  shares_outstanding: ['shares', 'shares outstanding'],
  total_assets: ['total_assets', 'total assets'],
  current_assets: ['current_assets', 'current assets'],
  current_liabilities: ['current_liabilities', 'current liabilities'],
  long_term_debt: ['long_term_debt', 'long-term debt'],
  short_term_debt: ['short_term_debt', 'short-term debt'],
  total_debt: ['total_debt', 'long-term plus short-term debt'],
  cash: ['cash', 'cash and cash equivalents'],
  shareholders_equity: ['equity', 'shareholders’ equity'],
  debt_to_equity: ['debt_to_equity', 'long-term debt over equity'],
  current_ratio: ['current_ratio', 'current assets over current liabilities'],
  roe: ['roe', 'return on equity'],
  roa: ['roa', 'return on assets'],
  asset_turnover: ['asset_turnover', 'revenue over assets'],
  f_score: ['fscore()', 'Piotroski F-score, 0..9'],
}

/** The fields of getFundamentalData, in the order in which the host hands over their columns. */
export const FIGURE_FIELDS: readonly FigureField[] = Object.entries(FIELDS).map(([name, [expr, meaning]]) => ({
  name,
  expr,
  meaning,
}))
