import type { QuotaName, Quotas } from '../lib/access/quotas.ts'
import { AppError, type ErrorCode } from '../lib/core/errors.ts'
import type { Application } from './application.ts'

/** Failures before any strategy's code has run: they cost next to nothing and do not count. */
const BEFORE_WORK: readonly ErrorCode[] = ['bad_request', 'bad_rule', 'bad_code', 'no_data', 'not_found', 'too_large']

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
      if (error instanceof AppError && BEFORE_WORK.includes(error.code))
        // That a count cannot be corrected must not hide why the request failed.
        await quotas.release(owner, quota, requestId).catch(() => {})
      throw error
    }
  }
  const run = async <Answer>(work: () => Promise<Answer>) => {
    await quotas.require(owner, 'chunk_seconds')
    return counted('runs', work)
  }
  return {
    ...app,
    createStrategy: (request) =>
      counted(
        'creations',
        () => app.createStrategy(request),
        ({ status }) => status === 'questions' || status === 'refused',
      ),
    runBacktest: (request) => run(() => app.runBacktest(request)),
    runScreener: (request) => run(() => app.runScreener(request)),
    runAlert: (request) => run(() => app.runAlert(request)),
    signals: (request) => run(() => app.signals(request)),
    alerts: { ...app.alerts, subscribe: (request) => counted('alerts', () => app.alerts.subscribe(request)) },
  }
}
