/** Part 3: what was handed over of each symbol, and the series handles that read it. */
export const RECORDS = `
const FIELD_COUNT = 6, HEADER = 5
const TIME = 0, OPEN = 1, HIGH = 2, LOW = 3, CLOSE = 4, VOLUME = 5
/** Copies kept in the guest; past this many bytes all but the current symbol's are dropped and fetched again when read. */
const MOST_KEPT = 40 * 1024 * 1024
let records = new NativeMap()
let keptBytes = 0

/** The symbol's columns, or null when the host has none (the host notes the need). */
function record(symbol, days = 0) {
  if (current !== null && current.symbol === symbol) return current
  const known = records.get(symbol)
  if (known !== undefined) return known
  const buffer = ask(ASK_BARS, symbol, days)
  if (typeof buffer !== 'object') return null
  const bytes = buffer.byteLength * 2
  if (keptBytes + bytes > MOST_KEPT) forget()
  const head = new Doubles(buffer, 0, HEADER)
  const length = head[0], columns = head[2], figures = head[3]
  const view = (at) => new Doubles(buffer, (HEADER + at * length) * 8, length)
  const views = (from, count) => {
    const list = []
    for (let i = 0; i < count; i++) list[i] = view(from + i)
    return list
  }
  const found = {
    symbol,
    length,
    cut: head[1] === 1,
    warmUp: head[4],
    fields: views(0, FIELD_COUNT),
    /** the last windows of bars handed out, moved along bar by bar */
    windows: [],
    columns: views(FIELD_COUNT, columns),
    figures: figures < 0 ? null : views(FIELD_COUNT + columns, figures),
    cursor: -1,
  }
  records.set(symbol, found)
  keptBytes += bytes
  return found
}

function forget() {
  records = new NativeMap()
  keptBytes = 0
  if (current !== null) records.set(current.symbol, current)
}

/** Index of the record's last bar at or before now; -1 before its first. */
function barOf(found) {
  if (found === current && phase === ON_SYMBOL) return here[0]
  const time = found.fields[TIME], last = found.length - 1
  const now = phase === ON_SYMBOL ? current.fields[TIME][here[0]] : asOf
  let at = found.cursor
  if (at >= 0 && time[at] <= now && (at === last || time[at + 1] > now)) return at
  if (at + 1 <= last && time[at + 1] <= now && (at + 1 === last || time[at + 2] > now)) return (found.cursor = at + 1)
  let low = 0, high = found.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (time[middle] <= now) low = middle + 1
    else high = middle
  }
  return (found.cursor = low - 1)
}

const MOST_WINDOWS = 4

/** The plain arrays of the days bars up to the bar at; kept here, only copies of them are handed out. */
function windowOf(found, days, at) {
  const { windows, fields } = found
  let held = null
  for (let i = 0; i < windows.length; i++) if (windows[i].days === days) held = windows[i]
  if (held !== null && held.at === at) return held.arrays
  if (held !== null && held.at === at - 1) {
    const { arrays } = held
    for (let field = 0; field < FIELD_COUNT; field++) {
      const array = arrays[field]
      if (array.length === days) array.shift()
      array.push(fields[field][at])
    }
    held.at = at
    return arrays
  }
  if (held === null) {
    held = { days, at, arrays: null }
    if (windows.length >= MOST_WINDOWS) windows.shift()
    windows.push(held)
  }
  const start = at + 1 > days ? at + 1 - days : 0
  held.at = at
  held.arrays = fields.map((column) => {
    const values = []
    for (let i = start; i <= at; i++) values.push(column[i])
    return values
  })
  return held.arrays
}
`

/** Part 4: series handles. A handle is a frozen object with ago(k); columns stay in the closures. */
export const HANDLES = `
/** declared text -> column; learned when the module is opened, fixed from then on */
const declared = new NativeMap()
const declaredTexts = []
let sealed = false
const nothing = new Doubles(0)

/** Every read that is not a plain bar within the history. */
function farAgo(text, k) {
  if (typeof k !== 'number' || !isInteger(k) || k < 0) {
    throw new NativeRangeError(text + '.ago(k) takes a whole number of bars k >= 0, got ' + shown(k) + '; later bars do not exist.')
  }
  if (phase === ON_UNIVERSE) {
    throw new NativeError('A series reads the symbol under evaluation; a whole-universe form reads getPriceData(symbol).')
  }
  needsBar(text + '.ago')
  if (current.cut) ask(ASK_HISTORY, current.symbol, k + 1)
  return NaN
}

/** Readings of a handle that strategies must not have: its text, its column, and pointing it at another column. */
let textOf, columnOf, pointAt
class Handle {
  #text
  #column
  /** the first bar whose value no longer history would change */
  #settled
  constructor(text, column, settled) {
    this.#text = text
    this.#column = column
    this.#settled = settled
    freeze(this)
  }
  ago(k) {
    if (k >= 0 && k <= here[0] && (k | 0) === k && here[0] - k >= this.#settled) return this.#column[here[0] - k]
    return farAgo(this.#text, k)
  }
  static {
    textOf = (value) => (typeof value === 'object' && value !== null && #text in value ? value.#text : undefined)
    columnOf = (value) => (typeof value === 'object' && value !== null && #text in value ? value.#column : undefined)
    pointAt = (handle, column, settled) => {
      handle.#column = column
      handle.#settled = settled
    }
  }
}
delete Handle.prototype.constructor

function declare(text) {
  if (phase !== DECLARING) {
    throw new NativeError('Declare ' + text + ' once at module level (const x = ' + text + ') and read x.ago(0) here.')
  }
  let index = declared.get(text)
  if (index === undefined) {
    if (sealed) throw new NativeError('The module must declare the same series every time it is started: ' + text + ' is new.')
    if (declaredTexts.length >= contract.maxSeries) throw new NativeRangeError('At most ' + contract.maxSeries + ' series.')
    index = declaredTexts.length
    declaredTexts[index] = text
    declared.set(text, index)
  }
  const column = current === null ? nothing : current.columns[index]
  return column === undefined ? new Handle(text, nothing, 0) : new Handle(text, column, current === null ? 0 : current.warmUp)
}

function shown(value) {
  if (typeof value === 'string') return stringify(value.slice(0, 40))
  if (typeof value === 'number') return String(value)
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  return isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : 'a ' + typeof value
}

function argumentText(name, kind, value) {
  if (kind === 'x' || kind === 'c') {
    if (typeof value === 'string') return value
    if (typeof value === 'number' && finite(value)) return String(value)
    const text = textOf(value)
    if (text !== undefined) return text
    throw new NativeTypeError(name + ' takes an expression in quotes, a series or a number, got ' + shown(value) + '.')
  }
  if (kind === 's') {
    if (typeof value === 'string') return "'" + value + "'"
    throw new NativeTypeError(name + ' takes a symbol in quotes, got ' + shown(value) + '.')
  }
  if (typeof value !== 'number' || !finite(value) || (kind === 'n' && (!isInteger(value) || value < 1))) {
    throw new NativeTypeError(name + ' takes a ' + (kind === 'n' ? 'whole number of bars >= 1' : 'number') + ', got ' + shown(value) + '.')
  }
  return String(value)
}

/** The function that declares a series: rsi('close', 14). */
function declarer(name, kinds) {
  let required = 0
  const first = []
  for (const kind of kinds) {
    first.push(kind.slice(0, 1))
    if (!kind.endsWith('?')) required++
  }
  return function (...given) {
    let count = given.length
    while (count > required && given[count - 1] === undefined) count--
    if (count < required || count > first.length) {
      throw new NativeTypeError(name + ' takes ' + (required === first.length ? required : required + ' to ' + first.length) + ' arguments, got ' + count + '.')
    }
    let text = name + '('
    for (let i = 0; i < count; i++) text += (i > 0 ? ',' : '') + argumentText(name, first[i], given[i])
    return declare(text + ')')
  }
}

function series(expression) {
  if (typeof expression !== 'string' || expression.trim() === '') {
    throw new NativeTypeError('series takes an expression of the rule language in quotes, got ' + shown(expression) + '.')
  }
  return declare(expression.trim())
}

/** Bare names: handles that exist once and are pointed at the symbol under evaluation. */
const BAR_FIELDS = { open: OPEN, high: HIGH, low: LOW, close: CLOSE, volume: VOLUME }
const bare = []

function bareHandle(name) {
  const handle = new Handle(name, nothing, 0)
  bare.push({ name, handle })
  return handle
}

/** Points the bare handles in use at the current symbol's columns. */
let used = []
function bindBare() {
  for (let i = 0; i < used.length; i++) {
    const { handle, field, index } = used[i]
    if (current === null) pointAt(handle, nothing, 0)
    else if (field === undefined) pointAt(handle, current.columns[index] ?? nothing, current.warmUp)
    else pointAt(handle, current.fields[field], 0)
  }
}
`
