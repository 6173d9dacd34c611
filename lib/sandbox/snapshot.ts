/** The engine's memory with the guest's globals installed: byte for byte the same wherever it was made, so it is made once. */

const PAGE = 4096

/** The pages of a memory that are not all 0. */
export interface Pages {
  /** which pages, ascending */
  numbers: Int32Array
  /** their bytes, one page after the other */
  bytes: Uint8Array
}

export interface Snapshot {
  /** bytes of the memory as a whole */
  size: number
  pages: Pages
  /** where the guest's ask and its operations lie */
  ask: number
  operations: Record<string, number>
}

/** A copy of the pages of a memory that are not all 0. */
export function pagesOf(memory: ArrayBuffer): Pages {
  const nothing = Buffer.alloc(PAGE)
  const numbers: number[] = []
  for (let page = 0; page < memory.byteLength / PAGE; page++) {
    if (!nothing.equals(new Uint8Array(memory, page * PAGE, PAGE))) numbers.push(page)
  }
  const bytes = new Uint8Array(numbers.length * PAGE)
  for (const [i, page] of numbers.entries()) bytes.set(new Uint8Array(memory, page * PAGE, PAGE), i * PAGE)
  return { numbers: Int32Array.from(numbers), bytes }
}

/** Makes a memory hold the pages, and 0 everywhere else. */
export function putPages(memory: ArrayBuffer, { numbers, bytes }: Pages): void {
  const heap = new Uint8Array(memory)
  heap.fill(0)
  for (const [i, page] of numbers.entries()) heap.set(bytes.subarray(i * PAGE, (i + 1) * PAGE), page * PAGE)
}
