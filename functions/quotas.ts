import { QUOTAS, type QuotaLimits, type QuotaName } from '../lib/access/quotas.ts'
import { AppError } from '../lib/core/errors.ts'

/** What is counted one by one is remembered one by one, in one record: so many fit. */
const MOST_COUNTED = 4_000
const MOST_SECONDS = 100_000_000

/** Quotas from the environment (SAYWHEN_QUOTA_RUNS and so on) in place of the defaults; `none` is unlimited. Throws `bad_request`. */
export function quotasOf(env: Readonly<Record<string, string | undefined>>, defaults: QuotaLimits): QuotaLimits {
  const limits: Partial<Record<QuotaName, number>> = { ...defaults }
  for (const quota of Object.keys(QUOTAS) as QuotaName[]) {
    const variable = `SAYWHEN_QUOTA_${quota.toUpperCase()}`
    const text = env[variable]
    if (text === undefined || text === '') continue
    const most = quota === 'chunk_seconds' ? MOST_SECONDS : MOST_COUNTED
    if (text === 'none') delete limits[quota]
    else if (/^\d{1,9}$/.test(text) && Number(text) <= most) limits[quota] = Number(text)
    else
      throw new AppError(
        'bad_request',
        `${variable} is a whole number from 0 to ${most}, or none, not "${text.slice(0, 40)}".`,
      )
  }
  return limits
}
