import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'

/** What waiting needs: the time, a way to let it pass, and uniform randomness in [0, 1). */
export interface Waiting {
  clock: Clock
  sleep(ms: number): Promise<void>
  random(): number
}

/** A service that throttles or is away is asked again for this long after the first failure. */
const PATIENCE_MS = 8_000
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 1_000

/**
 * Waits between the tries of one request. Each call waits once, a uniform draw up to a limit that doubles up to 1 s ("full
 * jitter": many clients that failed together do not come back together), and says whether to try again: false after 8 s.
 */
export function backoff({ clock, sleep, random }: Waiting): () => Promise<boolean> {
  let began: number | undefined
  let waits = 0
  return async () => {
    began ??= clock()
    if (clock() - began >= PATIENCE_MS) return false
    await sleep(Math.max(1, random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** waits++)))
    return true
  }
}

type Strategy = Extract<NonNullable<DynamoDBClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>
type Token = Awaited<ReturnType<Strategy['acquireInitialRetryToken']>> & { wait: () => Promise<boolean> }

const token = (wait: Token['wait'], tries: number): Token => ({
  wait,
  getRetryCount: () => tries,
  // The wait is over by the time the SDK asks: it happened in `wait`, with the time that was passed in.
  getRetryDelay: () => 0,
})

/** When an SDK client tries again: throttling, faults of the service and lost connections, as `backoff` says; never a refusal. */
function retryStrategy(waiting: Waiting): Strategy {
  return {
    acquireInitialRetryToken: async () => token(backoff(waiting), 0),
    async refreshRetryTokenForRetry(last, { error, errorType }) {
      const { wait } = last as Token
      if (errorType === 'CLIENT_ERROR' || !(await wait())) throw error
      return token(wait, last.getRetryCount() + 1)
    },
    recordSuccess() {},
  }
}

/**
 * Whether an earlier try of the failed request may have been carried out and only its answer lost. A condition that does not hold is
 * then no proof that somebody else wrote.
 */
export function wasRetried(error: unknown): boolean {
  return ((error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1) > 1
}

const TRY_AGAIN_SECONDS = 2

/** What whoever asked is told where a service was asked again in vain; undefined for every other error, a refusal too. */
export function unavailable(error: unknown): AppError | undefined {
  const { $metadata, $fault, name = '' } = (error ?? {}) as { $metadata?: object; $fault?: string; name?: string }
  if ($metadata === undefined || ($fault === 'client' && !/throttl|throughput|slowdown/i.test(name))) return undefined
  return new AppError(
    'unavailable',
    'What Saywhen stands on is busy or does not answer. Ask again in a moment: the same request is the same run.',
    { retry_after_seconds: TRY_AGAIN_SECONDS },
    error,
  )
}

/** Where a service is (absent: AWS itself, with the environment's region and credentials), and how to wait for it. */
export interface Service {
  waiting: Waiting
  region?: string
  endpoint?: string
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
}

/**
 * Settings of every SDK client: the one layer of retries above in place of the SDK's own mode and number of attempts, and
 * time-outs that fail. `requestMs` is how long the service may take to begin its answer.
 */
export function clientSettings({ waiting, ...place }: Service, requestMs: number) {
  return {
    ...place,
    retryStrategy: retryStrategy(waiting),
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: requestMs,
      throwOnRequestTimeout: true,
      // between two parts of an answer
      socketTimeout: requestMs,
    },
  }
}
