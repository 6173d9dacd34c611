/** Part 7: JSON within a budget; getters of what is written run here, under the guest's limits. */
export const WRITE_JSON = String.raw`
const MOST_DEPTH = 24
const PLAIN_ASCII = /^[\x20-\x7e]*$/

function utf8Length(text) {
  if (PLAIN_ASCII.test(text)) return text.length
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xdc00 ? 1 : 3
  }
  return bytes
}

const dateNumber = NativeDate.prototype.valueOf, dateString = NativeDate.prototype.toISOString

/** A date as JSON says it, whatever methods it was given. */
function dateText(date) {
  return finite(apply(dateNumber, date, [])) ? apply(dateString, date, []) : null
}

const MOST_FLAT = 32

/** A copy of an object that holds a few numbers, truth values and short texts only, or null: the engine's own writer is faster. */
function flatCopy(value) {
  const keys = Object.keys(value)
  if (keys.length > MOST_FLAT) return null
  const copy = {}
  for (let i = 0; i < keys.length; i++) {
    const item = value[keys[i]], kind = typeof item
    if (kind !== 'number' && kind !== 'boolean' && (kind !== 'string' || item.length > 64) && item !== null) return null
    copy[keys[i]] = item
  }
  return copy
}

/** A small flat object as JSON, anything else through toJson. */
function dataJson(value, budget) {
  const copy = owns(value, 'toJSON') || owns(value, '__proto__') ? null : flatCopy(value)
  if (copy === null) return toJson(value, budget)
  const written = stringify(copy)
  return utf8Length(written) > budget ? toJson(value, budget) : written
}

/** NaN and infinities become null; functions and undefined are left out; throws an output error past the budget of bytes. */
function toJson(root, budget) {
  let left = budget
  const parts = []
  const over = () => { throw outputError('The answer is larger than ' + budget + ' bytes as JSON.') }
  const emit = (text) => {
    left -= text.length
    if (left < 0) over()
    parts.push(text)
  }
  const text = (value) => {
    if (value.length > left) over()
    const written = stringify(value)
    left -= utf8Length(written) - written.length
    emit(written)
  }
  const write = (value, depth) => {
    if (value === null || value === undefined) return emit('null')
    if (typeof value === 'string') return text(value)
    if (typeof value === 'number') return emit(finite(value) ? stringify(value) : 'null')
    if (typeof value === 'boolean') return emit(value ? 'true' : 'false')
    if (typeof value !== 'object') throw outputError('The answer holds a ' + typeof value + ', which is no JSON.')
    if (value instanceof NativeDate) return write(dateText(value), depth)
    if (depth >= MOST_DEPTH) throw outputError('The answer is nested deeper than ' + MOST_DEPTH + ' levels.')
    if (isArray(value)) {
      const length = value.length
      if (length > left) over()
      emit('[')
      for (let i = 0; i < length; i++) {
        if (i > 0) emit(',')
        write(value[i], depth + 1)
      }
      return emit(']')
    }
    emit('{')
    let first = true
    for (const key of Object.keys(value)) {
      const item = value[key]
      if (item === undefined || typeof item === 'function') continue
      if (!first) emit(',')
      first = false
      text(key)
      emit(':')
      write(item, depth + 1)
    }
    emit('}')
  }
  write(root, 0)
  return parts.join('')
}
`

/** Part 8: what a thrown value says, read safely. */
export const FAILURES = String.raw`
const PLACE = /strategy\.js:(\d+)(?::(\d+))?/
const MOST_MESSAGE = 600

const cut = (text) => String(text).slice(0, MOST_MESSAGE)

/** The kind of limit an error of the engine or of the answer's writer stands for; what a strategy makes itself is none. */
function kindOf(thrown) {
  if (outputErrors.has(thrown)) return 'output'
  // The engine's parsers of JSON and of regular expressions say so too.
  if (!(thrown instanceof InternalFailure) && !(thrown instanceof SyntaxFailure)) return 'guest'
  return thrown.message === 'stack overflow' ? 'stack' : thrown.message === 'out of memory' ? 'memory' : 'guest'
}

function failureOf(thrown) {
  const failure = { kind: 'guest', message: 'threw something that cannot be read' }
  try {
    if (thrown instanceof NativeError) {
      failure.kind = kindOf(thrown)
      failure.message = failure.kind === 'output' ? thrown.message : cut(cut(thrown.name) + ': ' + cut(thrown.message))
      const place = PLACE.exec(String(thrown.stack).slice(0, 20000))
      if (place !== null) {
        failure.line = +place[1]
        if (place[2] !== undefined) failure.column = +place[2]
      }
    } else {
      // The engine throws null where there is no memory left for an error.
      failure.message = thrown === null ? 'threw null, or memory ran out' : 'threw ' + shown(thrown)
    }
  } catch {
    // A getter of the thrown value threw: what was read before it stands.
  }
  return failure
}
`
