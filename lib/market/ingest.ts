import { AppError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import { symbolOfFile } from './bar-rows.ts'
import { type DefectLine, encodeDefects } from './defects.ts'
import { type ImportReport, importBars } from './import.ts'
import { importIntraday } from './intraday-import.ts'
import type { IntradayForm } from './intraday-stamps.ts'
import type { ObjectStore } from './objects.ts'
import { untilPublished } from './publish.ts'
import { unpacked } from './unpack.ts'

/** Where files are put to be imported, and where they go afterwards. */
export const UPLOADS = 'uploads/'
const DONE = `${UPLOADS}done/`
const FAILED = `${UPLOADS}failed/`

export type Ingested =
  /** imported, its rows that could not be used listed beside it */
  | { key: string; state: 'done'; movedTo: string; report: ImportReport }
  /** nothing of it could be used */
  | { key: string; state: 'failed'; movedTo: string; reason: string }
  /** no upload, or one that was dealt with before */
  | { key: string; state: 'absent' }

/**
 * Imports the file of bars that was put under `uploads/SYMBOL.csv[.gz]` (daily bars) or `uploads/SIZE/STAMP/[UTC/]SYMBOL.csv[.gz]` (intraday
 * ones: size 1m, 5m, 15m or 1h, stamp start or end, New York times unless UTC is named) and moves it to `uploads/done/`, or to `uploads/failed/`
 * when nothing of it can be used; rows left out and reasons go to a `.defects.csv` beside it. The same call twice, or twice at the
 * same time, comes to the same. Throws only what may pass when it is tried again.
 */
export async function ingestUpload(objects: ObjectStore, key: string, now?: number): Promise<Ingested> {
  const path = key.startsWith(UPLOADS) ? key.slice(UPLOADS.length) : ''
  const name = path.split('/').at(-1)!
  if (name === '' || /(^|\/)\.{0,2}\//.test(path) || key.startsWith(DONE) || key.startsWith(FAILED))
    return { key, state: 'absent' }
  const bytes = await objects.get(key)
  if (!bytes) return { key, state: 'absent' }
  let defects: readonly DefectLine[] = []
  const file = { name, bytes: () => unpacked(bytes, name) }
  try {
    if (symbolOfFile(name) === undefined || !/\.csv(\.gz)?$/i.test(name))
      throw new AppError('bad_request', `${name} is not named after a symbol: name it SYMBOL.csv or SYMBOL.csv.gz.`)
    const source = { path: key, single: false, files: [file] }
    const form = path === name ? undefined : formOf(path)
    const found = (listed: readonly DefectLine[]) => {
      defects = listed
    }
    const report = await untilPublished(() =>
      form === undefined
        ? importBars(objects, source, undefined, found)
        : importIntraday(objects, source, { ...form, now }, undefined, found),
    )
    const movedTo = await move(objects, { key, name, bytes, folder: DONE, defects })
    return { key, state: 'done', movedTo, report }
  } catch (error) {
    if (!(error instanceof AppError) || !['bad_request', 'no_data', 'too_large'].includes(error.code)) throw error
    if (defects.length === 0)
      defects = [{ symbol: symbolOfFile(name) ?? '', file: name, line: 0, reason: error.message }]
    const movedTo = await move(objects, { key, name, bytes, folder: FAILED, defects })
    return { key, state: 'failed', movedTo, reason: error.message }
  }
}

/** What the folders of an upload say of its bars; throws `bad_request` where they say something else. */
function formOf(path: string): IntradayForm {
  const found = /^(1m|5m|15m|1h)\/(start|end)\/(?:(UTC)\/)?[^/]+$/.exec(path)
  if (found === null)
    throw new AppError(
      'bad_request',
      `${UPLOADS}${path} does not say what bars it holds: daily bars lie at ${UPLOADS}SYMBOL.csv, intraday ones at ${UPLOADS}5m/start/SYMBOL.csv (1m, 5m, 15m or 1h; start or end: the time a row carries) or, with times in UTC, at ${UPLOADS}5m/start/UTC/SYMBOL.csv.`,
    )
  const [, timeframe, stamp, utc] = found
  return { timeframe, stamp, zone: utc ? 'UTC' : 'America/New_York' } as IntradayForm
}

/** Moves an upload; its new name tells its content too, so that a later file of the symbol does not take its place. */
async function move(
  objects: ObjectStore,
  upload: { key: string; name: string; bytes: Uint8Array; folder: string; defects: readonly DefectLine[] },
): Promise<string> {
  const { key, name, bytes, folder, defects } = upload
  const [, stem, ending] = /^(.*?)((?:\.csv)?(?:\.gz)?)$/i.exec(name)!
  const target = `${folder}${stem}-${sha256(bytes).slice(0, 12)}`
  await objects.put(`${target}${ending}`, bytes)
  if (defects.length > 0) await objects.put(`${target}.defects.csv`, encodeDefects(defects))
  // A newer file may lie under the key by now: it stays, and has an event of its own.
  const now = await objects.get(key)
  if (now && Buffer.compare(now, bytes) === 0) await objects.delete(key)
  return `${target}${ending}`
}
