import { systemClock } from '../lib/adapters/local/clock.ts'
import { hasEnded, type Run } from '../lib/runs/run.ts'
import type { RunAnswer } from './application.ts'
import type { Reply } from './http.ts'

/** Longest and shortest pause between two looks at a run, in seconds; a tenth of its age in between. */
const PAUSE_SECONDS = [1, 10] as const

export const runPath = (run: Run): string => `/runs/${encodeURIComponent(run.run_id)}`

/** How far a run is: chunks of the step under way, symbols where the request names them, seconds since it was made. */
export function progressOf({ step, chunks, chunks_done, request, created_at }: Run, now = systemClock()) {
  const { symbols } = request
  return {
    step,
    chunks,
    chunks_done,
    ...(Array.isArray(symbols) ? { symbols: symbols.length } : {}),
    seconds: Math.max(0, Math.round((now - Date.parse(created_at)) / 1_000)),
  }
}

/** When to look again: soon at a young run, seldom at an old one. */
export function retryAfter({ seconds }: { seconds: number }): Record<string, string> {
  const [least, most] = PAUSE_SECONDS
  return { 'retry-after': String(Math.min(most, Math.max(least, Math.floor(seconds / 10)))) }
}

/** 202: the run goes on by itself; where it stands is told at `Location`. */
export function underWay(run: Run): Reply {
  const progress = progressOf(run)
  return {
    status: 202,
    headers: { location: runPath(run), ...retryAfter(progress) },
    body: { success: true, run_id: run.run_id, status: run.status, progress },
  }
}

/** What came of asking for a run: 200 with its result, 202, or 303 to the object that holds the same JSON. */
export function runReply(
  answer: RunAnswer,
  replyOf: (result: Record<string, unknown>) => Reply = (body) => ({ status: 200, body }),
): Reply {
  switch (answer.state) {
    case 'done':
      return replyOf(answer.result)
    case 'under way':
      return underWay(answer.run)
    case 'stored': {
      const { run, url, bytes } = answer
      const body = { success: true, run_id: run.run_id, result_url: url, result_bytes: bytes }
      return { status: 303, headers: { location: url }, body }
    }
  }
}

/** What GET /runs/{id} says beside the run: how far it is, or where its result is read. */
export function whereToLook(run: Run): Pick<Reply, 'headers'> & { body: Record<string, unknown> } {
  if (!hasEnded(run)) {
    const progress = progressOf(run)
    return { headers: retryAfter(progress), body: { progress } }
  }
  return { body: run.status === 'succeeded' ? { result_url: `${runPath(run)}/result` } : {} }
}
