import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../core/clock.ts'

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
