/**
 * Guest source, part 1: what is captured before the strategy's code runs, and the state of the evaluation under way.
 * All parts are one closure; the strategy's code stands outside it and reaches only the globals that `lockdown` leaves.
 */
export const STATE = `
const { freeze, defineProperty, getOwnPropertyNames, getOwnPropertyDescriptor, getPrototypeOf } = Object
const { construct, apply, ownKeys } = Reflect
const { stringify, parse } = JSON
const { isInteger, isFinite: finite } = Number
const { isArray } = Array
const { floor, imul } = Math
const NativeDate = Date, NativeError = Error, NativeFunction = Function
const NativeRangeError = RangeError
const NativeMap = Map, NativeWeakMap = WeakMap
const Doubles = Float64Array, Integers = Int32Array, Bytes = Uint8Array, Buffer = ArrayBuffer
const { hasOwnProperty } = Object.prototype
const owns = (object, key) => apply(hasOwnProperty, object, [key])
const theGlobal = globalThis

/** Errors of answers that are too large or cannot be written as JSON; a strategy may catch one, but not change it. */
const outputErrors = new NativeWeakMap()
function outputError(message) {
  const error = freeze(new NativeRangeError(message))
  outputErrors.set(error, true)
  return error
}

const IDLE = 0, DECLARING = 1, ON_SYMBOL = 2, ON_UNIVERSE = 3
let phase = IDLE
/** the record of the symbol under evaluation; the instant a whole-universe form is answered as of */
let current = null
/** the bar under evaluation, in a cell that the compiled strategy's loop writes to; -1: none */
const here = new Int32Array([-1])
let asOf = NaN
let seed = -1
let randomState = -1
let randomBar = -2

function needsBar(what) {
  if (phase !== ON_SYMBOL && phase !== ON_UNIVERSE) {
    throw new NativeError(what + ' answers as of a bar: call it inside an entry point, not at module level.')
  }
}
`

/** Part 2: time and chance, the same on every machine. */
export const TIME = String.raw`
function instant(what) {
  if (phase === ON_SYMBOL) return current.fields[0][here[0]]
  needsBar(what)
  return asOf
}

function GuestDate(...parts) {
  if (new.target === undefined) return construct(NativeDate, [instant('Date()')]).toString()
  return construct(NativeDate, [instantOf(parts)], new.target)
}
GuestDate.prototype = NativeDate.prototype
defineProperty(GuestDate, 'name', { value: 'Date' })
defineProperty(GuestDate, 'length', { value: 7 })
GuestDate.now = function now() { return instant('Date.now()') }
GuestDate.UTC = NativeDate.UTC
defineProperty(NativeDate.prototype, 'constructor', { value: GuestDate })

// The guest's zone is UTC whatever the host's is: local readings are the UTC ones.
{
  const proto = NativeDate.prototype
  for (const name of ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds']) {
    proto['get' + name] = proto['getUTC' + name]
    if (name !== 'Day') proto['set' + name] = proto['setUTC' + name]
  }
  proto.getYear = function getYear() { return this.getUTCFullYear() - 1900 }
  delete proto.setYear
  proto.getTimezoneOffset = function getTimezoneOffset() { return this.getTime() * 0 }
  const utcString = proto.toUTCString, isoString = proto.toISOString
  const day = function (date) { return apply(isoString, date, []).slice(0, 10) }
  const time = function (date) { return apply(isoString, date, []).slice(11, 19) }
  proto.toString = function toString() { return apply(utcString, this, []) }
  proto.toDateString = function toDateString() { return day(this) }
  proto.toTimeString = function toTimeString() { return time(this) + ' GMT' }
  proto.toLocaleString = function toLocaleString() { return day(this) + ' ' + time(this) }
  proto.toLocaleDateString = function toLocaleDateString() { return day(this) }
  proto.toLocaleTimeString = function toLocaleTimeString() { return time(this) }
}

// A text without a zone would be local time by the standard; local is UTC here.
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/, ISO_DATE = /^\d{4}(-\d\d(-\d\d)?)?$/, ZONED = /(Z|GMT|UTC|[+-]\d\d:?\d\d)$/
const nativeParse = NativeDate.parse
GuestDate.parse = function parse(text) {
  const written = String(text)
  if (ISO_TIME.test(written)) return nativeParse(written + 'Z')
  return nativeParse(ISO_DATE.test(written) || ZONED.test(written) ? written : written + ' GMT')
}

function instantOf(parts) {
  if (parts.length === 0) return instant('new Date()')
  if (parts.length > 1) return GuestDate.UTC(...parts)
  return typeof parts[0] === 'string' ? GuestDate.parse(parts[0]) : parts[0]
}

// mulberry32, seeded by symbol and bar: every evaluation of a bar draws the same numbers.
function random() {
  const now = instant('Math.random()')
  if (randomBar !== here[0]) {
    randomBar = here[0]
    randomState = (seed ^ imul(floor(now / 60000) | 0, 0x9e3779b1)) >>> 0
  }
  randomState = (randomState + 0x6d2b79f5) >>> 0
  let mixed = randomState
  mixed = imul(mixed ^ (mixed >>> 15), mixed | 1)
  mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
}

function seedOf(text) {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
`
