/** Where columns lie: new ones next to each other in larger buffers, those that are read once in columns used again. */

/** Columns share buffers of this size: a buffer of its own costs more than computing a short column. */
const BUFFER_BYTES = 256 * 1024
const LONGEST_SHARED = BUFFER_BYTES / Float64Array.BYTES_PER_ELEMENT / 8

let buffer = new ArrayBuffer(0)
let used = 0

/** A column of zeros that nobody has used before. Its buffer holds others too: what crosses threads is copied first. */
export function newColumn(length: number): Float64Array {
  if (length > LONGEST_SHARED) return new Float64Array(length)
  if (used + length * Float64Array.BYTES_PER_ELEMENT > buffer.byteLength) {
    buffer = new ArrayBuffer(BUFFER_BYTES)
    used = 0
  }
  const column = new Float64Array(buffer, used, length)
  used += length * Float64Array.BYTES_PER_ELEMENT
  return column
}

let capacity = 0
const free: Float64Array[] = []
const MOST_FREE = 16

/** A column of at least `length` values of any kind, to be given back; one that is not (an error was thrown) is simply lost. */
export function takeScratch(length: number): Float64Array {
  if (length > capacity) {
    capacity = length + (length >> 1)
    free.length = 0
  }
  return free.pop() ?? new Float64Array(capacity)
}

/** Gives a column back: whoever took it must not read it any more. */
export function giveScratch(column: Float64Array): void {
  if (column.length === capacity && free.length < MOST_FREE) free.push(column)
}
