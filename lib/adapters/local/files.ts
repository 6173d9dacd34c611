import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { BarSource } from '../../market/import.ts'
import type { ImportFile } from '../../market/table.ts'
import { unpacked } from '../../market/unpack.ts'

function file(path: string): ImportFile {
  const name = basename(path)
  return { name, bytes: async () => unpacked(await readFile(path), name) }
}

async function kindOf(path: string): Promise<'file' | 'directory'> {
  try {
    const info = await stat(path)
    if (info.isDirectory()) return 'directory'
    if (info.isFile()) return 'file'
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new AppError('bad_request', `${path} does not exist.`)
    throw new AppError('bad_request', `${path} cannot be read: ${code}.`, undefined, error)
  }
  throw new AppError('bad_request', `${path} is neither a file nor a directory.`)
}

/** One file to import, gzip unpacked by its content; throws `bad_request` when there is none. */
export async function openFile(path: string): Promise<ImportFile> {
  if ((await kindOf(path)) === 'directory') throw new AppError('bad_request', `${path} is a directory: name a file.`)
  return file(path)
}

/** A CSV file of bars, or the *.csv and *.csv.gz of a directory (not of its folders), by name. */
export async function openBars(path: string): Promise<BarSource> {
  if ((await kindOf(path)) === 'file') return { path, single: true, files: [file(path)] }
  const names = (await readdir(path)).filter((name) => /\.csv(\.gz)?$/i.test(name)).sort()
  if (names.length === 0)
    throw new AppError('bad_request', `${path} holds no bars: no SYMBOL.csv or SYMBOL.csv.gz in it.`)
  return { path, single: false, files: names.map((name) => file(join(path, name))) }
}
