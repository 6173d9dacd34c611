import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { AppError } from '../core/errors.ts'

const unzipped = promisify(gunzip)
/** What a file may unpack to: a few hundred bytes of gzip can hold gigabytes. */
const MOST_BYTES = 2 ** 30

/** The content of a file, gzip unpacked (told by its first bytes); throws `bad_request` naming the file when it is damaged. */
export async function unpacked(bytes: Uint8Array, name: string, mostBytes = MOST_BYTES): Promise<Uint8Array> {
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes
  try {
    return await unzipped(bytes, { maxOutputLength: mostBytes })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('bad_request', `${name} cannot be unpacked: ${reason}.`, undefined, error)
  }
}
