import { expect, test } from 'vitest'
import { packRows, rowsOf, unpackRows } from '../../lib/core/rows.ts'

test('rows come back in their order, however many there are', async () => {
  for (const count of [0, 1, 499, 500, 501, 1234]) {
    const rows = Array.from({ length: count }, (_, i) => ({ i, text: `é€${i}`, part: i / 3 }))
    const blocks = packRows(rows)
    expect(await unpackRows(blocks)).toEqual(rows)
    expect(blocks.flatMap((block) => rowsOf(block))).toEqual(rows)
  }
})

test('blocks lie in memory that threads share', () => {
  for (const block of packRows([1, 2, 3])) expect(block.buffer).toBeInstanceOf(SharedArrayBuffer)
})
