import * as z from 'zod'
import { reproduction } from '../../backtest/reproduced.ts'
import { resultHash } from '../../backtest/result-hash.ts'
import { AppError } from '../../core/errors.ts'
import { keepResult, waitForResult, waitForRun } from '../results.ts'
import { isJson, type Json, type Session } from '../session.ts'
import { reproductionText } from '../show-reproduction.ts'
import { type Command, OUT } from './command.ts'

export const rerun: Command = {
  name: 'rerun',
  about: 'run a backtest again as its receipt says: the same bit for bit, or what changed',
  argument: { name: 'RESULT' },
  flags: { out: OUT },
  examples: ['saywhen rerun 4f1d0c37a9b2e8d6', 'saywhen rerun result.json'],
  async run(session) {
    const { where, result: before } = await resultNamed(session)
    const { receipt, honesty } = requestOf(where, before)
    const stated = receipt.result_hash
    const actual = resultHash(before)
    const strategy = `strategy ${receipt.request.strategy_id} version ${receipt.request.version}`
    // How many strategies were tried depends on when it is counted: the number that was is given again.
    const trials = honesty?.trials.count ?? receipt.request.trials
    const body = {
      ...receipt.request,
      ...(trials === undefined ? {} : { trials }),
      fresh: Buffer.from(session.deps.randomBytes(16)).toString('hex'),
    }
    const now = await waitForRun(session, { mode: 'backtest', path: '/backtest', body }).catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'not_found' ? gone(where, strategy, error) : error
    })
    const kept = await keepResult(session, now)
    const found = reproduction(before, now)
    const altered = stated !== actual
    const reproduced = found.reproduced && !altered
    if (session.json)
      session.printJson({ success: true, ...found, reproduced, altered, run_id: now.run_id ?? null, of: where })
    else
      session.print(
        ...reproductionText({ ...found, reproduced }, { where, strategy, altered }, session.style, session.columns),
        ...(kept ? ['', session.style.dim(`Full JSON: ${kept}`)] : []),
      )
    return reproduced ? 0 : 1
  },
}

const shape = z.looseObject({
  execution_mode: z.literal('backtest'),
  receipt: z.looseObject({
    result_hash: z.string(),
    request: z.looseObject({ strategy_id: z.number(), version: z.number(), trials: z.number().optional() }),
  }),
  honesty: z
    .looseObject({ trials: z.looseObject({ count: z.number() }) })
    .optional()
    .catch(undefined),
})

function requestOf(where: string, result: Json): z.infer<typeof shape> {
  const read = shape.safeParse(result)
  if (read.success) return read.data
  const mode = typeof result.execution_mode === 'string' ? result.execution_mode : undefined
  const why =
    mode === undefined
      ? 'it says no execution_mode'
      : mode !== 'backtest'
        ? `its execution_mode is ${mode}`
        : 'its receipt has no request and result_hash'
  throw new AppError(
    'bad_request',
    `${where} is no result of a backtest that can be run again: ${why}. Give a run's id (saywhen runs) or the JSON that saywhen backtest --out wrote.`,
  )
}

/** A result in a file; where there is no such file, the result of the run of that id. */
async function resultNamed(session: Session): Promise<{ where: string; result: Json }> {
  const { argument } = session
  let text: string
  try {
    text = await session.deps.readFile(argument)
  } catch (cause) {
    const code = (cause as { code?: unknown }).code
    if (code === 'ENOENT' && /^\w[\w:-]{0,127}$/.test(argument))
      return { where: `run ${argument}`, result: await waitForResult(session, argument) }
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('bad_request', `Cannot read ${argument}: ${reason}. Name a result file or a run's id.`)
  }
  let result: unknown
  try {
    result = JSON.parse(text)
  } catch {
    throw new AppError('bad_request', `${argument} is not JSON. Give the file that saywhen backtest --out wrote.`)
  }
  return { where: argument, result: isJson(result) ? result : {} }
}

const gone = (where: string, strategy: string, cause: AppError) =>
  new AppError(
    'not_found',
    `${where} cannot be run again: ${strategy} is gone (${cause.message}). Name the home or deployment that has it with --home or --url.`,
    cause.details,
    cause,
  )
