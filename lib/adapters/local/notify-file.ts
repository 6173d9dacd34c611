import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Notifier, Sending } from '../../alerts/notifier.ts'

/**
 * Appends one JSON line per fire, in a single write that is on the disk when it counts as sent. A file that holds anything but JSON
 * lines is left alone.
 */
export function fileNotifier(): Notifier<'file'> {
  // One after the other: what one finds at the end of the file must still be its end when it writes.
  let before: Promise<unknown> = Promise.resolve()
  return {
    send({ body }, [{ path }]) {
      const sending = before.then(() => append(path, JSON.stringify(body)))
      before = sending.catch(() => {})
      return sending
    },
  }
}

async function append(path: string, line: string): Promise<Sending> {
  // O_NONBLOCK: opening a pipe nobody reads must not hang.
  const handle = await open(
    path,
    constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK,
    0o600,
  )
  try {
    const info = await handle.stat()
    if (!info.isFile()) return { ok: false, error: 'is no file' }
    const held = info.size > 0
    if (held && (await byteAt(handle, 0)) !== '{') return { ok: false, error: 'holds something else than JSON lines' }
    // A line that a killed process left unfinished ends here.
    const start = held && (await byteAt(handle, info.size - 1)) !== '\n' ? '\n' : ''
    await handle.appendFile(`${start}${line}\n`)
    await handle.sync()
    return { ok: true }
  } finally {
    await handle.close()
  }
}

async function byteAt(handle: FileHandle, position: number): Promise<string> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, position)
  return buffer.toString('latin1')
}
