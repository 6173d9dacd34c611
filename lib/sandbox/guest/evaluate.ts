/** Part 9: the loop over bars and the other entry points. */
export const EVALUATE = `
const FALSE = 0, TRUE = 1, UNKNOWN = 2, FAILED = 3
const MOST_ERRORS = 5
let factory = null
/** tells the compiled strategy which bar its direct reads are at */
let move = null

function instance() {
  phase = DECLARING
  bar = -1
  move(-1)
  randomBar = -2
  try {
    const made = factory()
    // A function is an object too: nothing is to be kept on it from bar to bar.
    for (const name of getOwnPropertyNames(made)) if (typeof made[name] === 'function') freeze(made[name])
    return made
  } finally {
    phase = IDLE
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

function leave() {
  phase = IDLE
  bar = -1
  if (move !== null) move(-1)
}

function setBar(at) {
  bar = at
  move(at)
  randomBar = -2
}

function returned(entry, value, wanted) {
  return new NativeTypeError(entry + ' returned ' + shown(value) + '; it returns ' + wanted + '.')
}
const VERDICTS = 'true, false, null or { signal, score, data }'

function readVerdict(value, at, readObject) {
  if (value === true) return TRUE
  if (value === false) return FALSE
  return value === null || value === undefined ? UNKNOWN : readObject(value, at)
}

/** The loop everything else is fast for: one bar after the other on one instance. */
function judgeInOrder(judge, symbol, from, to, verdicts, readObject, fail) {
  const go = move
  let at = from
  phase = ON_SYMBOL
  while (at < to) {
    try {
      for (; at < to; at++) {
        bar = at
        go(at)
        const value = judge(symbol)
        if (value !== false) verdicts[at - from] = readVerdict(value, at - from, readObject)
        // The engine looks at the clock once in many steps of the code; here it is made sure of.
        if ((at & 255) === 255 && ask(ASK_CLOCK, '', 0) === 'stop') return
      }
    } catch (thrown) {
      at = from + fail(thrown, at - from)
    }
  }
}

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
  const readObject = (value, at) => {
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
        if (dataLeft < 0) throw new OutputError('All data of one symbol together is larger than ' + contract.answerBytes + ' bytes.')
        data.push('"' + at + '":' + json)
      }
    }
    return signal === true ? TRUE : signal === false ? FALSE : UNKNOWN
  }

  const fail = (thrown, at) => {
    verdicts[at] = FAILED
    scores[at] = NaN
    errorBars++
    const failure = failureOf(thrown)
    if (errors.length < MOST_ERRORS && !seen.includes(failure.message)) {
      seen.push(failure.message)
      errors.push({ bar: bars === null ? from + at : bars[at], error: failure })
    }
    const clock = ask(ASK_CLOCK, '', 0)
    if (clock === 'stop') return count
    // Slow code that has failed on every bar so far: the rest counts as failed without being tried.
    if (clock === 'late' && errorBars === at + 1) {
      verdicts.fill(FAILED, at + 1, count)
      errorBars = count
      return count
    }
    return at + 1
  }

  if (bars === null) judgeInOrder(instance()[entry], symbol, from, to, verdicts, readObject, fail)
  else {
    for (let at = 0; at < count; ) {
      try {
        const judge = instance()[entry]
        phase = ON_SYMBOL
        setBar(bars[at])
        verdicts[at] = readVerdict(judge(symbol), at, readObject)
        at++
      } catch (thrown) {
        at = fail(thrown, at)
      }
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
  const judge = instance().scoreSymbol
  phase = ON_SYMBOL
  for (let at = 0; at < bars.length; at++) {
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
    for (let i = entryBar + 1; i <= bar; i++) {
      const value = read(i)
      // One undefined value leaves the extreme undefined.
      if (value !== value || best !== best) return NaN
      if (larger ? value > best : value < best) best = value
    }
    return best
  }
  const date = apply(NativeDate.prototype.toISOString, construct(NativeDate, [time]), []).slice(0, 10)
  const entry = (handle) => column(handle)(signalBar)
  const sinceEntryHigh = (handle) => extreme(handle, true), sinceEntryLow = (handle) => extreme(handle, false)
  return () => ({
    side,
    entry_price: price, entryPrice: price,
    entry_time: time, entryTime: time,
    entry_date: date, entryDate: date,
    bars_held: bar - entryBar + 1, barsHeld: bar - entryBar + 1,
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
  const judge = instance().exitPosition
  const last = to < current.length ? to : current.length
  phase = ON_SYMBOL
  for (let i = 0; i < count; i++) {
    const entryBar = given[i * 4 + 1]
    const position = positionAt(given[i * 4], entryBar, given[i * 4 + 2], given[i * 4 + 3], current.fields[TIME][entryBar])
    for (let at = entryBar; at < last; at++) {
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
function open(compiled, link, names, limits) {
  factory = compiled
  move = link(columnOf)
  contract.dataBytes = limits.dataBytes
  contract.answerBytes = limits.answerBytes
  const bareNames = parse(names)
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
