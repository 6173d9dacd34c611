import { CONTRACT_GLOBALS } from './contract.ts'

const NO_IMPORT =
  'A strategy imports nothing; data come from getPriceData, getFundamentalData, scanUniverse and series.'

/** Syntax that no strategy uses: why, and what to do instead. */
export const REFUSED_NODES: Readonly<Record<string, string>> = {
  ImportDeclaration: NO_IMPORT,
  ImportExpression: NO_IMPORT,
  ExportAllDeclaration: NO_IMPORT,
  ExportDefaultDeclaration: 'Export the entry points by name: export function classifySymbol(symbol) { ... }.',
  AwaitExpression: 'A strategy never waits: every data function answers at once; leave out await.',
  YieldExpression: 'Generators are refused; use a loop.',
  WithStatement: 'with is refused; name the object where its properties are read.',
  DebuggerStatement: 'debugger is refused; return { signal, score, data } to show values.',
  TaggedTemplateExpression: 'Tagged templates are refused; call the function.',
  StaticBlock: 'A static block is refused; use a function or a constant of the module.',
}

const NO_PROTOTYPES = 'to tell kinds of values apart use typeof or Array.isArray'
const NO_DESCRIPTORS = 'assign the property: o.x = 1'
/** Functions of Object that reach behind properties: why, and what to do instead. */
export const REFLECTION: Readonly<Record<string, string>> = {
  getPrototypeOf: `Object.getPrototypeOf is refused; ${NO_PROTOTYPES}.`,
  setPrototypeOf: 'Object.setPrototypeOf is refused; copy what is needed with { ...other }.',
  getOwnPropertyDescriptor: 'Object.getOwnPropertyDescriptor is refused; read the property itself.',
  getOwnPropertyDescriptors: 'Object.getOwnPropertyDescriptors is refused; read the properties with Object.entries.',
  getOwnPropertySymbols: 'Object.getOwnPropertySymbols is refused; list properties with Object.keys.',
  defineProperty: `Object.defineProperty is refused; ${NO_DESCRIPTORS}.`,
  defineProperties: `Object.defineProperties is refused; ${NO_DESCRIPTORS}.`,
}

const NO_GLOBAL = 'The global object is out of reach; the functions of the contract are there by their names.'

/** Why a global is refused and what to do instead; every other unknown name gets the nearest name of the contract. */
const REASONS: Readonly<Record<string, string>> = {
  eval: 'eval makes code from text, which is refused; write the code itself.',
  Function: 'Function makes code from text, which is refused; write the function itself.',
  require: 'A strategy loads nothing; data come from getPriceData, getFundamentalData, scanUniverse and series.',
  process: 'A strategy sees no process and no environment; write what it needs as constants.',
  globalThis: NO_GLOBAL,
  window: NO_GLOBAL,
  global: NO_GLOBAL,
  self: NO_GLOBAL,
  fetch: 'A strategy has no network; data come from getPriceData, getFundamentalData, scanUniverse and series.',
  XMLHttpRequest:
    'A strategy has no network; data come from getPriceData, getFundamentalData, scanUniverse and series.',
  WebSocket: 'A strategy has no network; data come from getPriceData, getFundamentalData, scanUniverse and series.',
  setTimeout: 'A strategy has no timers; it is called once per bar.',
  setInterval: 'A strategy has no timers; it is called once per bar.',
  queueMicrotask: 'A strategy has no timers; it is called once per bar.',
  Promise: 'A strategy never waits: every data function answers at once.',
  console: 'Nothing reads a console here; return { signal, score, data } to show values.',
  Proxy: 'Proxy is not part of the contract; use a plain object or a function.',
  Reflect: 'Reflect is not part of the contract; use Object.keys, Object.hasOwn or the property itself.',
  Symbol: 'Symbol is not part of the contract; use texts as keys.',
  BigInt: 'BigInt is not part of the contract; use numbers.',
  WeakRef: 'WeakRef is not part of the contract; hold values in local variables.',
  SharedArrayBuffer: 'SharedArrayBuffer is not part of the contract; use arrays.',
  Atomics: 'Atomics is not part of the contract; use arrays.',
  WebAssembly: 'WebAssembly is not part of the contract; write JavaScript.',
  Intl: 'Intl is not part of the contract; format numbers with toFixed.',
  arguments: 'Use named parameters instead of arguments.',
  symbol: 'symbol is the parameter of the entry point; pass it on to functions that need it.',
  sector: 'sector is text: use it in a series, series("sector == \'Energy\'").',
  industry: 'industry is text: use it in a series, series("industry == \'Airlines\'").',
  position: 'position is the second parameter of exitPosition.',
  entry_price: 'The entry price is position.entry_price, inside exitPosition.',
  bars_held: 'The bars held are position.bars_held, inside exitPosition.',
}

/** Why the global name is refused. */
export function unknownGlobal(name: string): string {
  if (Object.hasOwn(REASONS, name)) return REASONS[name]
  const near = nearest(name)
  const unknown = `"${name.slice(0, 40)}" is not part of the contract`
  return near === undefined
    ? `${unknown}; declare it, or use a name of the contract.`
    : `${unknown}; did you mean ${near}?`
}

function nearest(name: string): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll('_', '')
  const wanted = plain(name)
  if (wanted.length < 3 || wanted.length > 40) return undefined
  let best: string | undefined
  let least = Math.min(2, Math.floor(wanted.length / 4)) + 1
  for (const candidate of CONTRACT_GLOBALS) {
    const distance = edits(wanted, plain(candidate))
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]
}
