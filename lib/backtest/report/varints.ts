/** Whole numbers as bytes: seven bits each, the lowest first; small numbers of either sign take one byte. */

/** Appends a whole number between -2^52 and 2^52. */
export function pushVarint(bytes: number[], value: number): void {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
}

/** Reads the numbers one after another. */
export class VarintReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  next(): number {
    let value = 0
    let unit = 1
    for (;;) {
      if (this.#at >= this.#bytes.length) throw new RangeError('The packed bars end too early.')
      const byte = this.#bytes[this.#at++]
      value += (byte & 127) * unit
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
      unit *= 128
    }
  }
}
