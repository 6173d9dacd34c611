/** Part 10: the globals the strategy sees, and nothing else; everything reachable is frozen. */
export const LOCKDOWN = `
const offered = {
  getPriceData, getMultipleSymbolsData, getFundamentalData, scanUniverse,
  isAbove, isBelow, atLeast, atMost, isEqual, crossesAbove, crossesBelow,
  series,
}
for (const name of Object.keys(offered)) {
  theGlobal[name] = offered[name]
  theGlobal[snakeCase(name)] = offered[name]
}
for (const { name, spellings, args } of contract.series) {
  if (name === 'crosses_above' || name === 'crosses_below') continue
  const value = args === null ? bareHandle(name) : declarer(name, args)
  if (args !== null) defineProperty(value, 'name', { value: name })
  for (const spelling of spellings) theGlobal[spelling] = value
}
theGlobal.Date = GuestDate
Math.random = random

// No code from text, by any road.
const noCode = freeze(function () { throw new NativeTypeError('Code cannot be made from text here.') })
const functionKinds = [function () {}, function* () {}, async function () {}, async function* () {}]
for (const kind of functionKinds) {
  const proto = getPrototypeOf(kind)
  defineProperty(proto, 'constructor', { value: noCode })
}
// Stack traces are read by the host's part only.
delete NativeError.prepareStackTrace
delete NativeError.captureStackTrace

// Frozen prototypes make assignments to names they hold fail; errors are given names and messages of their own all the time.
const failures = [NativeError, NativeTypeError, NativeRangeError, ReferenceError, SyntaxError, EvalError, URIError, InternalFailure, AggregateError]
for (const { prototype: proto } of failures) {
  for (const key of ['name', 'message']) {
    const value = proto[key]
    defineProperty(proto, key, {
      get() { return value },
      set(next) { defineProperty(this, key, { value: next, writable: true, enumerable: false, configurable: true }) },
    })
  }
}

const allowed = new NativeMap()
for (const name of contract.globals) allowed.set(name, true)
const hidden = [
  [][Symbol.iterator]().__proto__, new Map()[Symbol.iterator]().__proto__, new Set()[Symbol.iterator]().__proto__,
  ''[Symbol.iterator]().__proto__, /./[Symbol.matchAll]('').__proto__, getPrototypeOf(Doubles), Promise, Iterator, Buffer, Bytes, Symbol, BigInt,
  getPrototypeOf([].values().map((x) => x)), getPrototypeOf(Iterator.from({ next() {} })),
  Iterator.concat === undefined ? null : getPrototypeOf(Iterator.concat([])), getPrototypeOf(getPrototypeOf((async function* () {})())),
  async function* () {}.prototype, (function* () {})().__proto__.__proto__, InternalFailure, Handle, NativeFunction.prototype, AggregateError,
]
for (const kind of functionKinds) hidden.push(getPrototypeOf(kind), kind.prototype)

// What loses its name is frozen too: errors, promises and the like still lead to it.
const roots = hidden.concat(camelFigures)
for (const name of getOwnPropertyNames(theGlobal)) {
  roots.push(theGlobal[name])
  if (!allowed.has(name)) delete theGlobal[name]
}
freezeAll(roots)
freezeAll([theGlobal])

const globalNames = () => stringify(getOwnPropertyNames(theGlobal))
return {
  open: guarded(open), classify: guarded(classify), score: guarded(score), exits: guarded(exits), universe: guarded(universe),
  note: takeNote, forget() { current = null; forget(); scans = new NativeMap() }, globalNames,
}
`
