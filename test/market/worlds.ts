import type { BarSource } from '../../lib/market/import.ts'
import type { ImportFile } from '../../lib/market/table.ts'

export const HEADER = 'date,open,high,low,close,volume'

/** A file with these lines under the plain header, or under another one when the first line is a header itself. */
export function csv(name: string, ...lines: string[]): ImportFile {
  const text = /^(\uFEFF)?"?[a-z]/i.test(lines[0] ?? '') ? lines.join('\n') : [HEADER, ...lines].join('\n')
  return { name, bytes: async () => new TextEncoder().encode(`${text}\n`) }
}

export function directoryOf(...files: ImportFile[]): BarSource {
  return { path: 'bars', single: false, files }
}

export function singleFile(file: ImportFile): BarSource {
  return { path: file.name, single: true, files: [file] }
}
