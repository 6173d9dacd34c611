/** Memory that threads share: what lies in it passes from one to the next without being copied or read on the way. */

/** A copy of the column in shared memory. */
export function sharedFloats(values: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength))
  shared.set(values)
  return shared
}

/** A copy of the bytes in shared memory. */
export function sharedBytes(bytes: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength))
  shared.set(bytes)
  return shared
}
