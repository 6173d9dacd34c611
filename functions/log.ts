/**
 * What a function says of its work: what it was, ids, counts, times, codes. Never a text that somebody sent: no prompt, rule, code,
 * body, key or link, and no message of an error that is not our own, which might quote one.
 */
export interface Line {
  what: string
  [field: string]: unknown
}
export type Log = (line: Line, level?: 'info' | 'error') => void

/** One JSON text a line. */
export const plainLog: Log = (line, level = 'info') =>
  (level === 'error' ? console.error : console.log)(JSON.stringify(line))

/** Where a fault of our own happened, in the words of its stack without its message. */
export function placeOf(error: unknown): { error: string; at: string[] } {
  const name = error instanceof Error ? error.name : typeof error
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  return { error: name.slice(0, 100), at: (stack.match(/^ +at .*/gm) ?? []).slice(0, 6).map((line) => line.trim()) }
}
