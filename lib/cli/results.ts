import { equityCsv, tradesCsv } from '../backtest/result-csv.ts'
import { AppError } from '../core/errors.ts'
import { resultKey } from '../runs/result-key.ts'
import { runsAnswer, shown } from './answers.ts'
import type { Bar } from './deps.ts'
import { unlessInterrupted } from './interrupt.ts'
import type { Json, Session } from './session.ts'

const LOOK_EVERY_MS = { home: 250, deployment: 1_000 }

interface Wanted {
  mode: string
  path: string
  body: Json
}

/**
 * Asks for a run and waits for its result, with a bar that follows its chunks where there is a terminal to see it. Ctrl-C leaves a
 * run of another process going, and says how to get back to it.
 */
export async function waitForRun(session: Session, wanted: Wanted): Promise<Json> {
  const bar = session.deps.io.bar(wanted.mode)
  let followed: string | undefined
  const work = session.api('POST', wanted.path, wanted.body, (at) => {
    followed = at.run_id
    bar.update(at.chunks_done, at.chunks)
  })
  const looking = bar.live ? look(session, wanted, work, bar, () => followed !== undefined) : undefined
  try {
    return await unlessInterrupted(session, work, async () => followed ?? (await runOf(session, wanted))?.run_id)
  } finally {
    bar.stop()
    void looking
  }
}

/** The result of a run that was asked for before, however long it still takes. */
export async function waitForResult(session: Session, runId: string): Promise<Json> {
  const bar = session.deps.io.bar('run')
  const work = session.api('GET', `/runs/${encodeURIComponent(runId)}/result`, undefined, (at) =>
    bar.update(at.chunks_done, at.chunks),
  )
  try {
    return await unlessInterrupted(session, work, async () => runId)
  } finally {
    bar.stop()
  }
}

/** Moves the bar while the request waits for its answer: until it has one, or is followed as a run by its id. */
async function look(
  session: Session,
  wanted: Wanted,
  work: Promise<unknown>,
  bar: Bar,
  isFollowed: () => boolean,
): Promise<void> {
  let busy = true
  const settled = work.then(
    () => (busy = false),
    () => (busy = false),
  )
  const pause = session.url ? LOOK_EVERY_MS.deployment : LOOK_EVERY_MS.home
  while (busy && !isFollowed()) {
    await Promise.race([settled, session.deps.sleep(pause)])
    if (!busy || isFollowed()) return
    const run = await runOf(session, wanted).catch(() => undefined)
    if (busy && !isFollowed() && run?.status === 'running') bar.update(run.chunks_done, run.chunks)
  }
}

/** The run of a request that has not been answered yet, as far as one can tell. */
async function runOf(session: Session, { mode, body }: Wanted) {
  const { runs } = shown(runsAnswer, await session.api('GET', '/runs?limit=5'))
  const strategyId = body.strategy_id ?? null
  return runs.find(
    (run) => run.mode === mode && run.strategy_id === strategyId && ['queued', 'running'].includes(run.status),
  )
}

/** Writes the result where --out says and tells where it lies; without --out, where the host has put it. */
export async function keepResult(session: Session, result: Json): Promise<string | undefined> {
  const file = session.text('out')
  if (file !== undefined) {
    await writeText(session, file, `${JSON.stringify(result, null, 2)}\n`, '--out')
    return file
  }
  if (typeof result.run_id !== 'string') return undefined
  if (session.url) return `${session.url.replace(/\/+$/, '')}/runs/${encodeURIComponent(result.run_id)}/result`
  return session.deps.objectPath(session.home, resultKey(result.run_id, result))
}

/** Writes the trades and the equity of a backtest into the folder of --csv, and tells the files; none without the flag. */
export async function writeCsv(session: Session, result: Json): Promise<string[]> {
  const folder = session.text('csv')?.replace(/\/+$/, '')
  if (folder === undefined) return []
  const files = { [`${folder}/trades.csv`]: tradesCsv(result), [`${folder}/equity.csv`]: equityCsv(result) }
  for (const [file, text] of Object.entries(files)) await writeText(session, file, text, '--csv')
  return Object.keys(files)
}

/** Writes a file that a flag names; `bad_request` with the reason where it cannot be written. */
export async function writeText(session: Session, file: string, text: string, flag: string): Promise<void> {
  try {
    await session.deps.writeFile(file, text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('bad_request', `Cannot write ${file}: ${reason}. Name another with ${flag}.`, undefined, cause)
  }
}
