import type { QuotaName, Quotas } from '../lib/access/quotas.ts'
import { AppError, type ErrorCode } from '../lib/core/errors.ts'
import type { Application, RunAnswer } from './application.ts'

/** Failures before any strategy's code has run: they cost next to nothing and do not count. */
const BEFORE_WORK: readonly ErrorCode[] = ['bad_request', 'bad_rule', 'bad_code', 'no_data', 'not_found', 'too_large']

/** Whether a model was paid before it failed. */
function askedModel({ details }: AppError): boolean {
  return (details as { generation?: unknown } | undefined)?.generation !== undefined
}

/** Whether the run was made by an earlier request, which counted; the receipt of a result then says when it was computed. */
function wasThere(answer: RunAnswer): boolean {
  if (answer.state !== 'done') return answer.again
  const { receipt } = answer.result as { receipt?: { computed_at?: string } }
  return receipt?.computed_at !== undefined
}

/**
 * The application with its owner's day counted. A request is counted by the gateway's id of it, so that a Lambda that is called
 * again for the same request counts once; an id that the client chooses would let it count all of its requests as one.
 */
export function metered(
  app: Application,
  { owner, requestId, quotas }: { owner: string; requestId: string; quotas: Quotas },
): Application {
  const counted = async <Answer>(
    quota: QuotaName,
    work: () => Promise<Answer>,
    isVoid = (_answer: Answer) => false,
  ) => {
    await quotas.reserve(owner, quota, requestId)
    try {
      const answer = await work()
      if (isVoid(answer)) await quotas.release(owner, quota, requestId)
      return answer
    } catch (error) {
      if (error instanceof AppError && BEFORE_WORK.includes(error.code) && !askedModel(error))
        // That a count cannot be corrected must not hide why the request failed.
        await quotas.release(owner, quota, requestId).catch(() => {})
      throw error
    }
  }
  const run = async (work: () => Promise<RunAnswer>) => {
    await quotas.require(owner, 'chunk_seconds')
    return counted('runs', work, wasThere)
  }
  return {
    ...app,
    createStrategy: (request, options) =>
      counted(
        'creations',
        () => app.createStrategy(request, options),
        // A model that was asked was paid.
        (answer) => (answer.status === 'questions' || answer.status === 'refused') && answer.generation === undefined,
      ),
    reviseStrategy: (id, request, options) =>
      counted(
        'creations',
        () => app.reviseStrategy(id, request, options),
        ({ status }) => status === 'questions' || status === 'refused',
      ),
    runBacktest: (request, options) => run(() => app.runBacktest(request, options)),
    runScreener: (request, options) => run(() => app.runScreener(request, options)),
    runAlert: (request, options) => run(() => app.runAlert(request, options)),
    signals: (request, options) => run(() => app.signals(request, options)),
    explain: (request, options) => run(() => app.explain(request, options)),
    whyNot: (request, options) => run(() => app.whyNot(request, options)),
    alerts: { ...app.alerts, subscribe: (request) => counted('alerts', () => app.alerts.subscribe(request)) },
  }
}
