import type { PackedSymbol } from '../pack.ts'
import type { PageData } from '../page-data.ts'
import { type UnpackedBars, unpacked } from '../unpack.ts'

const BEFORE = 30
const AFTER = 15

/** The bars around one trade, scaled to the prices of the day it was entered. */
export interface TradeBars {
  stamp: number[]
  open: number[]
  high: number[]
  low: number[]
  close: number[]
  /** what a price as traded is multiplied by on a bar, by its index here */
  scale: number[]
  /** index here of the entry bar and of the exit bar; the last one while open */
  entry: number
  exit: number
  /** some bars between them are left out */
  hasGap: boolean
}

const opened = new WeakMap<PackedSymbol, Promise<UnpackedBars>>()

/** A symbol's packed bars, inflated once. */
function barsOf(data: PageData, symbol: string): Promise<UnpackedBars> | undefined {
  const symbols = data.bars?.symbols
  if (!symbols || !Object.hasOwn(symbols, symbol)) return undefined
  const own = symbols[symbol]
  let found = opened.get(own)
  if (found === undefined) opened.set(own, (found = inflate(own.d).then((bytes) => unpacked(bytes, own))))
  return found
}

async function inflate(base64: string): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** Thirty bars before the entry to fifteen after the exit; undefined where the report has none of them. */
export async function barsAround(data: PageData, trade: number): Promise<TradeBars | undefined> {
  const { symbol, entryStamp, exitStamp, numbers } = data.trades
  const bars = await barsOf(data, symbol[trade])
  const entry = bars?.stamp.indexOf(entryStamp[trade]) ?? -1
  if (bars === undefined || entry < 0) return undefined
  const left = exitStamp[trade]
  const exit = left === null ? bars.stamp.length - 1 : bars.stamp.indexOf(left)
  const last = exit < entry ? entry : exit
  const [from, to] = [Math.max(0, entry - BEFORE), Math.min(bars.stamp.length, last + AFTER + 1)]
  const scale = bars.factor.slice(from, to).map((factor) => bars.factor[entry] / factor)
  const scaled = (column: readonly number[]) => column.slice(from, to).map((value, i) => value * scale[i])
  return {
    stamp: bars.stamp.slice(from, to),
    open: scaled(bars.open),
    high: scaled(bars.high),
    low: scaled(bars.low),
    close: scaled(bars.close),
    scale,
    entry: entry - from,
    exit: last - from,
    hasGap: left !== null && last - entry + 1 < (numbers.bars_held[trade] ?? 0),
  }
}
