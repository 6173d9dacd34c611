import { CONTRACT_GLOBALS } from './contract.ts'

/** Why a global is refused and what to do instead; every other unknown name gets the nearest name of the contract. */
const REASONS: Readonly<Record<string, string>> = {
  eval: 'eval makes code from text, which is refused.',
  Function: 'Function makes code from text, which is refused.',
  require: 'A strategy loads nothing; data come from getPriceData, getFundamentalData, scanUniverse and series.',
  process: 'A strategy sees no process and no environment.',
  globalThis: 'The global object is out of reach.',
  window: 'The global object is out of reach.',
  global: 'The global object is out of reach.',
  self: 'The global object is out of reach.',
  fetch: 'A strategy has no network; data come from getPriceData, getFundamentalData, scanUniverse and series.',
  XMLHttpRequest: 'A strategy has no network.',
  WebSocket: 'A strategy has no network.',
  setTimeout: 'A strategy has no timers; it is called once per bar.',
  setInterval: 'A strategy has no timers; it is called once per bar.',
  queueMicrotask: 'A strategy has no timers; it is called once per bar.',
  Promise: 'A strategy never waits: every data function answers at once.',
  console: 'Nothing reads a console here; return { signal, score, data } to show values.',
  Proxy: 'Proxy is not part of the contract.',
  Reflect: 'Reflect is not part of the contract.',
  Symbol: 'Symbol is not part of the contract.',
  BigInt: 'BigInt is not part of the contract; use numbers.',
  WeakRef: 'WeakRef is not part of the contract.',
  SharedArrayBuffer: 'SharedArrayBuffer is not part of the contract.',
  Atomics: 'Atomics is not part of the contract.',
  WebAssembly: 'WebAssembly is not part of the contract.',
  Intl: 'Intl is not part of the contract.',
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
  return `"${name.slice(0, 40)}" is not part of the contract${near === undefined ? '' : `; did you mean ${near}?`}${near === undefined ? '.' : ''}`
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
