import { setImmediate } from 'node:timers/promises'
import { sharedBytes } from './shared-memory.ts'

/** A long list as blocks of JSON in bytes, so that whoever passes it on need not read it, nor hold it as objects. */
export type PackedRows = Uint8Array[]

/** Rows of a block: about a millisecond of parsing. */
const ROWS = 500

/** Packs rows as they come. */
export class RowPacker {
  readonly #blocks: PackedRows = []
  #rows: unknown[] = []

  add(row: unknown): void {
    if (this.#rows.push(row) === ROWS) this.#close()
  }

  blocks(): PackedRows {
    if (this.#rows.length > 0) this.#close()
    return this.#blocks
  }

  #close(): void {
    this.#blocks.push(sharedBytes(new TextEncoder().encode(JSON.stringify(this.#rows))))
    this.#rows = []
  }
}

export function packRows(rows: Iterable<unknown>): PackedRows {
  const packer = new RowPacker()
  for (const row of rows) packer.add(row)
  return packer.blocks()
}

/** The rows of a block. */
export function rowsOf<Row>(block: Uint8Array): Row[] {
  return JSON.parse(new TextDecoder().decode(block))
}

/** All rows, block by block, so that a thread with other work to do is never held up for long. */
export async function unpackRows(blocks: PackedRows): Promise<unknown[]> {
  const rows: unknown[] = []
  for (const block of blocks) {
    for (const row of rowsOf(block)) rows.push(row)
    await setImmediate()
  }
  return rows
}
