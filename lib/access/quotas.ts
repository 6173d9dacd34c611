import type { Clock } from '../core/clock.ts'
import { isoDay, MS_PER_DAY } from '../core/days.ts'
import { AppError } from '../core/errors.ts'

/** What an owner may have in one day (UTC) on a deployment, unless its configuration says otherwise. */
export const QUOTAS = {
  /** strategies created; what fails before any code has run does not count */
  creations: 100,
  /** backtests, screens, alert scans and lists of signals */
  runs: 500,
  /** seconds that chunks of runs took, counted after they have; the next run is refused once they are used up */
  chunk_seconds: 36_000,
  /** alert subscriptions made */
  alerts: 100,
  /** API keys made */
  keys: 20,
} as const

export type QuotaName = keyof typeof QUOTAS
/** The most of each in a day; a name that is absent is unlimited and not counted. */
export type QuotaLimits = Readonly<Partial<Record<QuotaName, number>>>

/** One owner's count of one kind on one day (`YYYY-MM-DD`). */
export interface QuotaPlace {
  owner: string
  day: string
  quota: QuotaName
}

/** Where counts live. */
export interface QuotaStore {
  /** Counts 1 under an id unless `most` are counted already; false then. An id that is counted stays counted once, and is true. */
  reserve(place: QuotaPlace, id: string, most: number): Promise<boolean>
  /** Takes the count of an id back; false when it was not counted. */
  release(place: QuotaPlace, id: string): Promise<boolean>
  /** Adds what was used under an id; the same id again counts once. */
  charge(place: QuotaPlace, amount: number, id: string): Promise<void>
  used(place: QuotaPlace): Promise<number>
}

export interface Quotas {
  /** Counts one use; the same id counts once a day. Throws `quota_exceeded` when none is left. */
  reserve(owner: string, quota: QuotaName, id: string): Promise<void>
  /** Gives a reservation of today or yesterday back: what it was for has not happened. */
  release(owner: string, quota: QuotaName, id: string): Promise<void>
  /** Adds what was used, whether or not that much was left; the same id counts once a day. */
  charge(owner: string, quota: QuotaName, amount: number, id: string): Promise<void>
  /** Throws `quota_exceeded` when everything is used up. */
  require(owner: string, quota: QuotaName): Promise<void>
}

/** Quotas per owner and UTC day. */
export function dailyQuotas(deps: { store: QuotaStore; limits: QuotaLimits; clock: Clock }): Quotas {
  const { store, limits, clock } = deps
  const today = () => Math.floor(clock() / MS_PER_DAY)
  const place = (owner: string, quota: QuotaName, day = today()): QuotaPlace => ({ owner, quota, day: isoDay(day) })

  const exceeded = (quota: QuotaName, limit: number): AppError => {
    const seconds = Math.max(1, Math.ceil(((today() + 1) * MS_PER_DAY - clock()) / 1_000))
    const hours = Math.floor(seconds / 3_600)
    const wait = hours > 0 ? `${hours} h ${Math.floor((seconds % 3_600) / 60)} min` : `${Math.ceil(seconds / 60)} min`
    return new AppError(
      'quota_exceeded',
      `The day’s ${limit} ${quota.replace('_', ' ')} are used up. Try again in ${wait}, when the next day (UTC) begins, or ask whoever runs this deployment for more.`,
      { quota, limit, retry_after_seconds: seconds },
    )
  }

  return {
    async reserve(owner, quota, id) {
      const most = limits[quota]
      if (most !== undefined && !(await store.reserve(place(owner, quota), id, most))) throw exceeded(quota, most)
    },
    async release(owner, quota, id) {
      if (limits[quota] === undefined) return
      if (!(await store.release(place(owner, quota), id))) await store.release(place(owner, quota, today() - 1), id)
    },
    async charge(owner, quota, amount, id) {
      if (limits[quota] !== undefined) await store.charge(place(owner, quota), amount, id)
    },
    async require(owner, quota) {
      const most = limits[quota]
      if (most !== undefined && (await store.used(place(owner, quota))) >= most) throw exceeded(quota, most)
    },
  }
}
