import type { BarDefect } from './bar-rows.ts'
import type { Timeframe } from './bars.ts'
import { defectsKey } from './catalog.ts'
import type { ObjectStore } from './objects.ts'
import { parseTable } from './table.ts'

export type DefectLine = Pick<BarDefect, 'symbol' | 'file' | 'line' | 'reason'>

const order = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1)

const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The rows left out (or kept and doubtful) of all files imported so far: symbol,file,line,reason. */
function parseDefects(bytes: Uint8Array, key: string): DefectLine[] {
  return parseTable(bytes, key).rows.map(({ cells }) => ({
    symbol: cells.symbol,
    file: cells.file,
    line: Number(cells.line),
    reason: cells.reason,
  }))
}

/** The listed defects of the bars of a size; none where nothing was left out. */
export async function readDefects(objects: ObjectStore, timeframe: Timeframe): Promise<DefectLine[]> {
  const key = defectsKey(timeframe)
  const held = await objects.get(key)
  return held === undefined ? [] : parseDefects(held, key)
}

/** The defects file as bytes. */
export function encodeDefects(defects: readonly DefectLine[]): Uint8Array {
  const lines = defects.map((defect) =>
    [quoted(defect.symbol), quoted(defect.file), String(defect.line), quoted(defect.reason)].join(','),
  )
  return new TextEncoder().encode(`${['symbol,file,line,reason', ...lines].join('\n')}\n`)
}

/**
 * Puts these defects in place of the listed ones they settle, and gives how many are listed then. The list may be the new one
 * while the bars are still the old ones; of intakes at the same time none takes another's lines away.
 */
export async function replaceDefects(
  objects: ObjectStore,
  timeframe: Timeframe,
  settled: (defect: DefectLine) => boolean,
  defects: readonly DefectLine[],
): Promise<number> {
  const key = defectsKey(timeframe)
  for (;;) {
    const held = await objects.get(key)
    const kept = held ? parseDefects(held, key).filter((defect) => !settled(defect)) : []
    const listed = [...kept, ...defects].sort(
      (a, b) => order(a.symbol, b.symbol) || order(a.file, b.file) || a.line - b.line,
    )
    const bytes = encodeDefects(listed)
    if (held && Buffer.compare(held, bytes) === 0) return listed.length
    if (held ? await objects.replace(key, bytes, held) : await objects.putIfAbsent(key, bytes)) return listed.length
  }
}
