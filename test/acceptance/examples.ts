/** The guide's strategies in JavaScript, names and structure kept. */

export const GAP = `
function classify_symbol(symbol) {
  const price_data = get_price_data(symbol, { timeframe: '1d', days: 6 })
  if (price_data.close.length < 6) return null
  const current_open = price_data.open.at(-1)
  const prev_close = price_data.close.at(-2)
  const gap_percent = ((current_open - prev_close) / prev_close) * 100
  const avg_volume = price_data.volume.slice(-5, -1).reduce((sum, value) => sum + value, 0) / 4
  const volume_ratio = avg_volume > 0 ? price_data.volume.at(-1) / avg_volume : 0
  const signal = gap_percent > 3.0 && volume_ratio > 1.5
  return { signal, score: gap_percent, data: { gap_percent, volume_ratio } }
}`

export const VALUE = `
function run_batch_backtest(start_date, end_date, symbols) {
  const instances = []
  for (const symbol of symbols) {
    const fundamentals = get_fundamental_data(symbol)
    const price_data = get_price_data(symbol, { timeframe: '1d', days: 1 })
    if (!fundamentals || !price_data.close.length) continue
    const { pe_ratio, pb_ratio, market_cap, debt_to_equity } = fundamentals
    if (pe_ratio < 15 && pb_ratio < 1.5 && market_cap > 1000000000 && debt_to_equity < 0.5) {
      instances.push({
        ticker: symbol,
        timestamp: Date.now(),
        classification: true,
        entry_price: price_data.close.at(-1),
        pe_ratio,
        expected_return: (20 - pe_ratio) * 0.02,
      })
    }
  }
  return {
    instances,
    performance_metrics: {
      total_picks: instances.length,
      avg_pe: instances.reduce((sum, instance) => sum + instance.pe_ratio, 0) / instances.length,
    },
  }
}`

export const MOMENTUM = `
function run_screening(universe, limit) {
  const scored_symbols = []
  for (const symbol of universe) {
    const price_data = get_price_data(symbol, { timeframe: '1d', days: 30 })
    if (!price_data.close || price_data.close.length < 21) continue
    const prices = price_data.close
    const volumes = price_data.volume
    const returns_5d = prices.at(-1) / prices.at(-6) - 1
    const returns_20d = prices.at(-1) / prices.at(-21) - 1
    const avg_volume = volumes.slice(-10).reduce((sum, value) => sum + value, 0) / 10
    const volume_ratio = volumes.at(-1) / avg_volume
    const momentum_score = returns_5d * 2 + returns_20d + volume_ratio * 0.1
    if (momentum_score > 0.05) {
      scored_symbols.push({ symbol, score: momentum_score, returns_5d, returns_20d, volume_ratio })
    }
  }
  scored_symbols.sort((a, b) => b.score - a.score)
  return { ranked_results: scored_symbols.slice(0, limit) }
}`

/** The momentum score as a rule: what the example must list. */
export const MOMENTUM_RULE = `SIGNAL: 2*roc(close,5)+roc(close,20)+0.1*volume/sma(volume,10) > 0.05
RANK: 2*roc(close,5)+roc(close,20)+0.1*volume/sma(volume,10) desc`
