import { deserialize, serialize } from 'node:v8'
import type { Codec } from '../../runs/steps.ts'

/** The structured clone as bytes: every number to the bit, typed arrays, maps. Both sides run the same version of Node. */
export const cloneCodec: Codec = {
  encode: (value) => serialize(value),
  decode: (bytes) => deserialize(bytes),
}
