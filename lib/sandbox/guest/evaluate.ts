/** Part 9: the loop over bars and the other entry points. */
export const EVALUATE = `
const FALSE = 0, TRUE = 1, UNKNOWN = 2, FAILED = 3
const MOST_ERRORS = 5
let factory = null
/** tells the compiled strategy which bar it is at */
let move = null
/** whether one start of the module serves all bars of a symbol; else every bar starts it afresh */
let kept = false
/** whether garbage is collected before every bar: the code needs much memory */
let careful = false

function instance() {
  phase = DECLARING
  move(-1)
  randomBar = -2
  try {
    return factory()
  } finally {
    phase = IDLE
  }
}

const frozen = new NativeWeakMap()
/** Freezes values and all that can be reached from them, prototypes and accessors included: nothing can be kept in them. */
function freezeAll(values) {
  const todo = values.slice()
  while (todo.length > 0) {
    const each = todo.pop()
    if ((typeof each !== 'object' && typeof each !== 'function') || each === null || frozen.has(each)) continue
    frozen.set(each, true)
    freeze(each)
    todo.push(getPrototypeOf(each))
    for (const key of ownKeys(each)) {
      const property = getOwnPropertyDescriptor(each, key)
      if (property === undefined) continue
      todo.push(property.value, property.get, property.set)
    }
  }
}

/** Makes the symbol current: its columns are what handles read. */
function enter(symbol) {
  current = null
  phase = ON_SYMBOL
  const found = record(symbol)
  phase = IDLE
  if (found === null) return false
  current = found
  seed = seedOf(symbol)
  bindBare()
  return true
}

function setBar(at) {
  if (careful) ask(ASK_COLLECT, '', 0)
  move(at)
  randomBar = -2
}

function leave() {
  phase = IDLE
  if (move !== null) move(-1)
}

function returned(entry, value, wanted) {
  return new NativeTypeError(entry + ' returned ' + shown(value) + '; it returns ' + wanted + '.')
}
const VERDICTS = 'true, false, null or { signal, score, data }'

/** Bars judged between two looks at the clock: the engine itself looks once in many steps of the code. */
const SLICE = 1024, SLICE_OF_STARTS = 64

/** Runs classifySymbol or classifyShort over the bars; the answer is one buffer: scores, then verdicts, then a flag. */
function classify(symbol, entry, from, to, order) {
  if (!enter(symbol)) return undefined
  const bars = order === undefined ? null : new Integers(order)
  const count = bars === null ? to - from : bars.length
  const buffer = new Buffer(count * 9 + 1)
  const scores = new Doubles(buffer, 0, count).fill(NaN)
  const verdicts = new Bytes(buffer, count * 8, count + 1)
  const data = [], errors = [], seen = []
  let dataLeft = contract.answerBytes, errorBars = 0
  /** A verdict that is neither true nor false. */
  const read = (value, at) => {
    if (value === null || value === undefined) return UNKNOWN
    if (typeof value !== 'object' || isArray(value)) throw returned(entry, value, VERDICTS)
    const { signal, score } = value
    if (signal !== true && signal !== false && signal !== null) {
      throw new NativeTypeError(entry + ' returned an object whose signal is ' + shown(signal) + '; signal is true, false or null.')
    }
    if (score !== undefined && score !== null) {
      if (typeof score !== 'number') throw new NativeTypeError(entry + ' returned an object whose score is ' + shown(score) + '; score is a number.')
      if (finite(score)) scores[at] = score
    }
    if (signal === true) {
      const extra = value.data
      if (extra !== undefined && extra !== null) {
        if (typeof extra !== 'object' || isArray(extra)) throw new NativeTypeError(entry + ' returned data that is ' + shown(extra) + '; data is an object.')
        const json = dataJson(extra, contract.dataBytes)
        dataLeft -= json.length
        if (dataLeft < 0) throw outputError('All data of one symbol together is larger than ' + contract.answerBytes + ' bytes.')
        data.push('"' + at + '":' + json)
      }
    }
    return signal === true ? TRUE : signal === false ? FALSE : UNKNOWN
  }

  const fail = (thrown, at) => {
    const failure = failureOf(thrown)
    // A limit fails the run, not the bar.
    if (failure.kind !== 'guest') throw thrown
    verdicts[at] = FAILED
    scores[at] = NaN
    errorBars++
    if (errors.length < MOST_ERRORS && !seen.includes(failure.message)) {
      seen.push(failure.message)
      errors.push({ bar: bars === null ? from + at : bars[at], error: failure })
    }
    if (ask(ASK_CLOCK, '', 0) === 'stop') return count
    return at + 1
  }

  let judge = null
  for (let i = 0; i < count; ) {
    const at = bars === null ? from + i : bars[i]
    const end = bars !== null || !kept || careful ? at + 1 : at + SLICE < to ? at + SLICE : to
    if (careful) ask(ASK_COLLECT, '', 0)
    try {
      if (judge === null || end === at + 1) judge = instance()[entry]
      phase = ON_SYMBOL
      judge(symbol, at, end, at - i, verdicts, read)
      i += end - at
      if ((end > at + 1 || i % SLICE_OF_STARTS === 0) && ask(ASK_CLOCK, '', 0) === 'stop') break
    } catch (thrown) {
      i = fail(thrown, here[0] > at ? i + here[0] - at : i)
    }
  }
  leave()
  if (errorBars > 0 || data.length > 0) {
    verdicts[count] = 1
    note = '{"errorBars":' + errorBars + ',"errors":' + stringify(errors) + ',"data":{' + data.join(',') + '}}'
  }
  return buffer
}

/** What does not fit into numbers, fetched by the host when the flag says so. */
let note = ''
function takeNote() {
  const taken = note
  note = ''
  return taken
}

function score(symbol, order) {
  if (!enter(symbol)) return undefined
  const bars = new Integers(order)
  const scores = new Doubles(bars.length).fill(NaN)
  let judge = null
  for (let at = 0; at < bars.length; at++) {
    if (judge === null || !kept) judge = instance().scoreSymbol
    phase = ON_SYMBOL
    setBar(bars[at])
    const value = judge(symbol)
    if (value === undefined || value === null) continue
    if (typeof value !== 'number') throw returned('scoreSymbol', value, 'a number or null')
    if (finite(value)) scores[at] = value
  }
  leave()
  return scores.buffer
}

/** The position as exitPosition sees it on one bar. */
function positionAt(signalBar, entryBar, price, side, time) {
  const column = (handle) => {
    const values = columnOf(handle)
    if (values === undefined) throw new NativeTypeError('A position reads a declared series, got ' + shown(handle) + '.')
    return (index) => (index >= 0 && index < values.length ? values[index] : NaN)
  }
  const extreme = (handle, larger) => {
    const read = column(handle)
    let best = read(entryBar)
    for (let i = entryBar + 1; i <= here[0]; i++) {
      const value = read(i)
      // One undefined value leaves the extreme undefined.
      if (value !== value || best !== best) return NaN
      if (larger ? value > best : value < best) best = value
    }
    return best
  }
  const date = apply(NativeDate.prototype.toISOString, construct(NativeDate, [time]), []).slice(0, 10)
  const entry = freeze((handle) => column(handle)(signalBar))
  const sinceEntryHigh = freeze((handle) => extreme(handle, true)), sinceEntryLow = freeze((handle) => extreme(handle, false))
  return () => ({
    side,
    entry_price: price, entryPrice: price,
    entry_time: time, entryTime: time,
    entry_date: date, entryDate: date,
    bars_held: here[0] - entryBar + 1, barsHeld: here[0] - entryBar + 1,
    entry,
    since_entry_high: sinceEntryHigh, sinceEntryHigh,
    since_entry_low: sinceEntryLow, sinceEntryLow,
  })
}

/** positions: signal, entry, price, side per position. */
function exits(symbol, to, positions) {
  if (!enter(symbol)) return undefined
  const given = new Doubles(positions)
  const count = given.length / 4
  const found = new Integers(count).fill(-1)
  let judge = null
  const last = to < current.length ? to : current.length
  for (let i = 0; i < count; i++) {
    const entryBar = given[i * 4 + 1]
    const position = positionAt(given[i * 4], entryBar, given[i * 4 + 2], given[i * 4 + 3], current.fields[TIME][entryBar])
    for (let at = entryBar; at < last; at++) {
      if (judge === null || !kept) judge = instance().exitPosition
      phase = ON_SYMBOL
      setBar(at)
      const value = judge(symbol, position())
      if (value === true) {
        found[i] = at
        break
      }
      if (value !== false && value !== null && value !== undefined) throw returned('exitPosition', value, 'true, false or null')
    }
  }
  leave()
  return found.buffer
}

function universe(form, instant, args) {
  current = null
  bindBare()
  seed = seedOf(form)
  const call = instance()[form]
  phase = ON_UNIVERSE
  asOf = instant
  const answer = toJson(call(...parse(args)), contract.answerBytes)
  leave()
  return answer
}

/** Every operation of the host passes here: a thrown value becomes a note, and the answer says so with null. */
function guarded(operation) {
  return (...given) => {
    try {
      return operation(...given)
    } catch (thrown) {
      leave()
      note = stringify(failureOf(thrown))
      return null
    }
  }
}

/** Takes the compiled strategy, runs its top level once and says what it declares. */
function open(compiled, link, settings) {
  const { bareNames, ...rest } = parse(settings)
  factory = compiled
  move = link(here, columnOf, freezeAll)
  kept = rest.kept
  careful = rest.careful
  contract.dataBytes = rest.dataBytes
  contract.answerBytes = rest.answerBytes
  used = []
  for (const entry of bare) {
    if (!bareNames.includes(entry.name)) continue
    const field = owns(BAR_FIELDS, entry.name) ? BAR_FIELDS[entry.name] : undefined
    used.push({ handle: entry.handle, field, index: declaredTexts.length })
    if (field === undefined) {
      declared.set(entry.name, declaredTexts.length)
      declaredTexts.push(entry.name)
    }
  }
  const made = instance()
  const entryPoints = []
  for (const name of Object.keys(made)) {
    if (typeof made[name] !== 'function') throw new NativeTypeError(name + ' is not a function.')
    entryPoints.push(name)
  }
  sealed = true
  return stringify({ entryPoints, series: declaredTexts })
}
`
