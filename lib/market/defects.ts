import type { BarDefect } from './bar-rows.ts'
import type { Timeframe } from './bars.ts'
import { defectsKey } from './catalog.ts'
import type { ObjectStore } from './objects.ts'
import { parseTable } from './table.ts'

export type DefectLine = Pick<BarDefect, 'symbol' | 'file' | 'line' | 'reason'>

const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The rows left out (or kept and doubtful) of all files imported so far: symbol,file,line,reason. */
export async function readDefects(objects: ObjectStore, timeframe: Timeframe): Promise<DefectLine[]> {
  const bytes = await objects.get(defectsKey(timeframe))
  if (!bytes) return []
  return parseTable(bytes, defectsKey(timeframe)).rows.map(({ cells }) => ({
    symbol: cells.symbol,
    file: cells.file,
    line: Number(cells.line),
    reason: cells.reason,
  }))
}

/** The defects file as bytes. */
export function encodeDefects(defects: readonly DefectLine[]): Uint8Array {
  const lines = defects.map((defect) =>
    [quoted(defect.symbol), quoted(defect.file), String(defect.line), quoted(defect.reason)].join(','),
  )
  return new TextEncoder().encode(`${['symbol,file,line,reason', ...lines].join('\n')}\n`)
}
