import type * as z from 'zod'
import { AppError } from '../core/errors.ts'
import { runAnswer } from './answers.ts'
import { waitForResult } from './results.ts'
import { isJson, type Session } from './session.ts'

export type RunShown = z.infer<typeof runAnswer>['run']

/** The result that an argument names, a JSON file or a run's id, and the run it came of where it is known here. */
export async function resultOf(session: Session, argument: string): Promise<{ json: unknown; run?: RunShown }> {
  if (!/[/\\]|\.json$/i.test(argument)) {
    const run = await runOf(session, argument)
    return { json: await waitForResult(session, argument), run }
  }
  const json = parsed(argument, await read(session, argument))
  const runId = isJson(json) && typeof json.run_id === 'string' ? json.run_id : undefined
  // A file may be of another home: then there is no such run, or another's result.
  const run = runId === undefined ? undefined : await runOf(session, runId).catch(() => undefined)
  const hash = isJson(json) && isJson(json.receipt) ? json.receipt.strategy_hash : undefined
  return { json, run: run?.strategy_hash === hash ? run : undefined }
}

async function runOf(session: Session, runId: string): Promise<RunShown> {
  const read = runAnswer.safeParse(await session.api('GET', `/runs/${encodeURIComponent(runId)}`))
  if (!read.success)
    throw new AppError('internal', `The answer about run ${runId} has another shape than this command reads.`)
  return read.data.run
}

async function read(session: Session, file: string): Promise<string> {
  try {
    return await session.deps.readFile(file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError(
      'bad_request',
      `Cannot read ${file}: ${reason}. Name the JSON of a result, or a run's id.`,
      undefined,
      cause,
    )
  }
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('bad_request', `${file} is not JSON: ${reason.slice(0, 160)}.`, undefined, cause)
  }
}
