import * as z from 'zod'
import { AppError } from '../core/errors.ts'
import { type HttpAnswer, httpJson } from './client.ts'
import type { Connection } from './connection.ts'

/** How far a run is that is waited for. */
export interface RunAt {
  run_id: string
  chunks_done: number
  chunks: number
}

export interface Following {
  sleep(ms: number): Promise<void>
  onProgress?(at: RunAt): void
}

const runShape = z.object({ run_id: z.string(), status: z.string(), chunks: z.number(), chunks_done: z.number() })
const begunShape = z.object({
  run_id: z.string(),
  progress: z.object({ chunks: z.number(), chunks_done: z.number() }),
})
const FIRST_PAUSE_SECONDS = 1
/** Looks at a run that may be lost or refused for the moment, one after another. */
const MOST_LOST = 5

/**
 * The whole answer: where it is a run that goes on (202), the run is waited for, however long it takes, and its result is asked for,
 * so that it fails as it would have in one call; where it lies elsewhere (303), it is read there, without showing the key.
 */
export async function wholeAnswer(
  connection: Connection,
  first: HttpAnswer,
  following: Following,
): Promise<HttpAnswer> {
  let answer = first
  while (answer.status === 202) {
    const place = placeOf(answer, connection)
    const begun = begunShape.safeParse(answer.body).data
    if (begun !== undefined) following.onProgress?.({ run_id: begun.run_id, ...begun.progress })
    const refused = await runEnded(connection, place, answer.retryAfterSeconds, following)
    if (refused !== undefined) return refused
    answer = await patiently(() => connection.request('GET', `${place}/result`), following)
  }
  if (answer.status !== 303) return answer
  const link = linkOf(answer, connection)
  return patiently(() => httpJson(link, 'GET', ''), following)
}

/** Resolves once the run has ended: with nothing, or with the answer that says it cannot be looked at. */
async function runEnded(
  connection: Connection,
  place: string,
  pauseSeconds: number | undefined,
  following: Following,
): Promise<HttpAnswer | undefined> {
  for (let pause = pauseSeconds; ; ) {
    await following.sleep((pause ?? FIRST_PAUSE_SECONDS) * 1_000)
    const answer = await patiently(() => connection.request('GET', place), following)
    if (answer.status >= 400) return answer
    const run = runShape.safeParse((answer.body as { run?: unknown } | null)?.run).data
    if (run === undefined) throw strange(connection, `answered GET ${place} with no run`)
    following.onProgress?.(run)
    if (run.status !== 'queued' && run.status !== 'running') return undefined
    pause = answer.retryAfterSeconds
  }
}

/** Asks again, a little later each time, where the answer was lost or the other side is busy: a run is not given up for that. */
async function patiently(ask: () => Promise<HttpAnswer>, { sleep }: Following): Promise<HttpAnswer> {
  for (let lost = 1; ; lost++) {
    let answer: HttpAnswer | undefined
    try {
      answer = await ask()
      if (answer.status !== 429 && answer.status < 500) return answer
      if (lost === MOST_LOST) return answer
    } catch (error) {
      if (lost === MOST_LOST || !(error instanceof AppError) || error.code !== 'interrupted') throw error
    }
    await sleep((answer?.retryAfterSeconds ?? lost) * 1_000)
  }
}

/** The path of the run, which the key is shown to: below this API and nowhere else. */
function placeOf({ location = '' }: HttpAnswer, connection: Connection): string {
  if (/^\/runs\/[\w.%:-]{1,200}$/.test(location)) return location
  throw strange(connection, `answered 202 and no run to look at ("${location.slice(0, 80)}")`)
}

function linkOf({ location = '' }: HttpAnswer, connection: Connection): string {
  const secure = connection.url().startsWith('https:')
  if (URL.canParse(location) && (secure ? /^https:/ : /^https?:/).test(location)) return location
  throw strange(connection, `answered 303 and no link to follow ("${location.slice(0, 80)}")`)
}

const strange = (connection: Connection, what: string) =>
  new AppError('internal', `${connection.url()} ${what}. Check the URL.`)
