/** Part 5: the data functions. Everything handed out is a copy that ends at the current bar. */
export const DATA = `
const ASK_BARS = 0, ASK_HISTORY = 1, ASK_FIGURES = 2, ASK_UNIVERSE = 3, ASK_CLOCK = 4, ASK_COLLECT = 5

const MOST_NAME = 64

function symbolName(what, symbol) {
  if (typeof symbol === 'string') {
    if (symbol.length > MOST_NAME) throw new NativeRangeError(what + ': a symbol has at most ' + MOST_NAME + ' characters, got ' + symbol.length + '.')
    return symbol
  }
  throw new NativeTypeError(what + ' takes a symbol in quotes, got ' + shown(symbol) + '.')
}

function daysOf(what, options) {
  if (options === undefined || options === null) return contract.defaultDays
  if (typeof options !== 'object') {
    throw new NativeTypeError(what + "(symbol, { timeframe: '1d', days: 30 }) takes its options in one object, got " + shown(options) + '.')
  }
  for (const key in options) {
    if (key !== 'days' && key !== 'timeframe') throw new NativeTypeError(what + ' has no option "' + String(key).slice(0, 40) + '"; it has timeframe and days.')
  }
  const { timeframe, days } = options
  if (timeframe !== undefined && timeframe !== '1d') {
    throw new NativeRangeError(what + ': only daily bars are loaded here; timeframe is ' + shown(timeframe) + ", use '1d'.")
  }
  if (days === undefined) return contract.defaultDays
  if (typeof days !== 'number' || !isInteger(days) || days < 1) {
    throw new NativeRangeError(what + ': days is a whole number of sessions >= 1, got ' + shown(days) + '.')
  }
  return days
}

function prices(symbol, days) {
  const found = record(symbol, days)
  if (found === null) return { timestamps: [], open: [], high: [], low: [], close: [], volume: [] }
  const at = barOf(found)
  if (days > at + 1 && found.cut) ask(ASK_HISTORY, symbol, days)
  const held = windowOf(found, days, at)
  // toSpliced(0, 0) is the engine's fastest copy of an array.
  return {
    timestamps: held[TIME].toSpliced(0, 0),
    open: held[OPEN].toSpliced(0, 0),
    high: held[HIGH].toSpliced(0, 0),
    low: held[LOW].toSpliced(0, 0),
    close: held[CLOSE].toSpliced(0, 0),
    volume: held[VOLUME].toSpliced(0, 0),
  }
}

function getPriceData(symbol, options) {
  needsBar('getPriceData')
  return prices(symbolName('getPriceData', symbol), daysOf('getPriceData', options))
}

function getMultipleSymbolsData(symbols, options) {
  needsBar('getMultipleSymbolsData')
  if (!isArray(symbols)) throw new NativeTypeError('getMultipleSymbolsData takes a list of symbols, got ' + shown(symbols) + '.')
  const days = daysOf('getMultipleSymbolsData', options)
  const answer = {}
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbolName('getMultipleSymbolsData', symbols[i])
    defineProperty(answer, symbol, { value: prices(symbol, days), enumerable: true, writable: true, configurable: true })
  }
  return answer
}

/** camelCase readings of the snake_case fields. */
const camelFigures = {}
for (const name of contract.figures) {
  const camel = camelCase(name)
  if (camel !== name) defineProperty(camelFigures, camel, { get() { return this[name] } })
}
freeze(camelFigures)

function getFundamentalData(symbol) {
  needsBar('getFundamentalData')
  const found = record(symbolName('getFundamentalData', symbol))
  if (found === null) return null
  const { figures } = found
  if (figures === null) {
    ask(ASK_FIGURES, symbol, 0)
    return null
  }
  const at = barOf(found)
  if (at < 0) return null
  const names = contract.figures
  const answer = { __proto__: camelFigures }
  let known = false
  for (let i = 0; i < figures.length; i++) {
    const value = figures[i][at]
    answer[names[i]] = value
    if (value === value) known = true
  }
  return known ? answer : null
}

const MOST_SCANS = 4096
let scans = new NativeMap()

function scanUniverse(options) {
  needsBar('scanUniverse')
  let filters = {}, limit = contract.defaultLimit
  if (options !== undefined && options !== null) {
    if (typeof options !== 'object') throw new NativeTypeError('scanUniverse takes { filters, limit }, got ' + shown(options) + '.')
    for (const key in options) {
      if (key !== 'filters' && key !== 'limit') throw new NativeTypeError('scanUniverse has no option "' + String(key).slice(0, 40) + '"; it has filters and limit.')
    }
    if (options.filters !== undefined && options.filters !== null) filters = options.filters
    if (options.limit !== undefined && options.limit !== null) limit = options.limit
  }
  if (typeof filters !== 'object' || isArray(filters)) throw new NativeTypeError('scanUniverse: filters is an object such as { min_market_cap: 1e9 }.')
  if (typeof limit !== 'number' || !isInteger(limit) || limit < 1) throw new NativeRangeError('scanUniverse: limit is a whole number >= 1, got ' + shown(limit) + '.')
  const key = toJson(filters, 8192)
  const asked = instant('scanUniverse') + key
  let found = scans.get(asked)
  if (found === undefined) {
    const answer = ask(ASK_UNIVERSE, key, instant('scanUniverse'))
    if (typeof answer !== 'string') return []
    found = parse(answer)
    if (scans.size >= MOST_SCANS) scans = new NativeMap()
    scans.set(asked, found)
  }
  return found.slice(0, limit)
}
`

/** Part 6: comparisons with the rule language's tolerance. */
export const COMPARE = `
/** a is larger than b by more than the tolerance; with a > b, max(|a|, |b|) is max(a, -b). */
function exceeds(a, b) {
  const distance = a - b
  return (distance > 1e-12 && distance > 1e-9 * a && distance > -1e-9 * b) || distance === Infinity
}

function operand(value) {
  if (typeof value === 'number') return value
  if (value === undefined || value === null) return NaN
  if (typeof value === 'boolean') return value ? 1 : 0
  if (textOf(value) !== undefined) return value.ago(0)
  throw new NativeTypeError('A comparison takes numbers or series, got ' + shown(value) + '.')
}

// exceeds() is written out in these: they are the most called functions of all.
function isAbove(a, b) {
  if (typeof a !== 'number' || typeof b !== 'number') return isAbove(operand(a), operand(b))
  if (!(a > b)) return false
  const distance = a - b
  return (distance > 1e-12 && distance > 1e-9 * a && distance > -1e-9 * b) || distance === Infinity
}
function isBelow(a, b) {
  if (typeof a !== 'number' || typeof b !== 'number') return isBelow(operand(a), operand(b))
  if (!(a < b)) return false
  const distance = b - a
  return (distance > 1e-12 && distance > 1e-9 * b && distance > -1e-9 * a) || distance === Infinity
}
function atLeast(a, b) {
  if (typeof a !== 'number' || typeof b !== 'number') return atLeast(operand(a), operand(b))
  return a >= b || (a < b && !exceeds(b, a))
}
function atMost(a, b) {
  if (typeof a !== 'number' || typeof b !== 'number') return atMost(operand(a), operand(b))
  return a <= b || (a > b && !exceeds(a, b))
}
function isEqual(a, b) {
  if (typeof a !== 'number' || typeof b !== 'number') return isEqual(operand(a), operand(b))
  return a === b || (a > b ? !exceeds(a, b) : a < b && !exceeds(b, a))
}

function valueNow(of) {
  if (typeof of === 'number') return of
  return isArray(of) ? operand(of[of.length - 1]) : operand(of)
}
function valueBefore(of) {
  if (typeof of === 'number') return of
  if (isArray(of)) return operand(of[of.length - 2])
  return textOf(of) !== undefined ? of.ago(1) : operand(of)
}

// At module level these two declare the series of the same name; inside an entry point they compare.
const declareCrossesAbove = declarer('crosses_above', ['x', 'x']), declareCrossesBelow = declarer('crosses_below', ['x', 'x'])
function crossesAbove(a, b) {
  if (phase === DECLARING) return declareCrossesAbove(a, b)
  return isAbove(valueNow(a), valueNow(b)) && atMost(valueBefore(a), valueBefore(b))
}
function crossesBelow(a, b) {
  if (phase === DECLARING) return declareCrossesBelow(a, b)
  return isBelow(valueNow(a), valueNow(b)) && atLeast(valueBefore(a), valueBefore(b))
}
`
