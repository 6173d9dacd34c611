import { AppError } from '../core/errors.ts'
import type { RunMode } from '../runs/run.ts'
import { runAnswer, runsAnswer, shown } from './answers.ts'
import type { Json, Session } from './session.ts'

const LOOK_EVERY_MS = 250

/** Asks for a run and waits for its result, with a bar that follows its chunks where there is a terminal to see it. */
export async function waitForRun(
  session: Session,
  { mode, path, body }: { mode: RunMode; path: string; body: Json },
): Promise<Json> {
  const work = session.api('POST', path, body)
  const bar = session.deps.io.bar(mode)
  if (!bar.live) return work
  let busy = true
  const settled = work.then(
    () => (busy = false),
    () => (busy = false),
  )
  try {
    while (busy) {
      await Promise.race([settled, session.deps.sleep(LOOK_EVERY_MS)])
      if (!busy) break
      const progress = await chunksOf(session, mode, body.strategy_id).catch(() => undefined)
      if (busy && progress) bar.update(progress.done, progress.planned)
    }
    return await work
  } finally {
    bar.stop()
  }
}

async function chunksOf(session: Session, mode: RunMode, strategyId: unknown) {
  const { runs } = shown(runsAnswer, await session.api('GET', '/runs?limit=5'))
  const run = runs.find((one) => one.mode === mode && one.strategy_id === strategyId && one.status === 'running')
  return run && { done: run.chunks_done, planned: run.chunks }
}

/** Writes the result where --out says and tells where it lies; without --out, where the host has put it. */
export async function keepResult(session: Session, result: Json): Promise<string | undefined> {
  const file = session.text('out')
  if (file !== undefined) {
    await writeOut(session, file, result)
    return file
  }
  if (typeof result.run_id !== 'string') return undefined
  const path = `/runs/${encodeURIComponent(result.run_id)}`
  if (session.url) return `${session.url.replace(/\/+$/, '')}${path}/result`
  const { run } = shown(runAnswer, await session.api('GET', path))
  return run.result_key === null ? undefined : session.deps.objectPath(session.home, run.result_key)
}

async function writeOut(session: Session, file: string, result: Json): Promise<void> {
  try {
    await session.deps.writeFile(file, `${JSON.stringify(result, null, 2)}\n`)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('bad_request', `Cannot write ${file}: ${reason}. Name another with --out.`, undefined, cause)
  }
}
