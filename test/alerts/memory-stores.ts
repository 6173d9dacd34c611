import type { DeliveryEnd, DeliveryKey, DeliveryStore } from '../../lib/alerts/delivery.ts'
import type { Fire, FireStore, OpenSession } from '../../lib/alerts/fire.ts'
import { type Subscription, type SubscriptionStore, type VersionRef, versionOf } from '../../lib/alerts/subscription.ts'
import type { Evaluation, Mark, Watched, WatchedStore } from '../../lib/alerts/watched.ts'
import { AppError } from '../../lib/core/errors.ts'

export interface AlertStores {
  subscriptions: SubscriptionStore
  watched: WatchedStore
  fires: FireStore
  deliveries: DeliveryStore
}

const nameOf = ({ owner, strategy_id, version }: VersionRef) => `${strategy_id}#${version}#${owner}`

/** The four stores in memory, for tests of many subscriptions; they pass the contract of the table's. */
export function memoryStores(): AlertStores {
  const subscriptions = new Map<string, Subscription>()
  const watched = new Map<string, Watched>()
  const evaluations = new Map<string, Map<string, Evaluation>>()
  const fires = new Map<string, Fire>()
  const open = new Map<string, OpenSession>()
  const failed = new Set<string>()
  const deliveries = new Map<
    string,
    { end?: DeliveryEnd; error?: string | null; until?: number; parts: Set<string>; sub: string; fire: string }
  >()

  const touch = (ref: VersionRef, at: string, { timeframe }: Pick<Subscription, 'timeframe'>) => {
    const before = watched.get(nameOf(ref)) ?? { ...plainRef(ref), evaluated: null }
    watched.set(nameOf(ref), { ...before, queued: null, touched_at: at, ...(timeframe && { timeframe }) })
  }
  const change = (id: string, by: Partial<Subscription>) => {
    const found = subscriptions.get(id)
    if (found) subscriptions.set(id, { ...found, ...by })
    return subscriptions.get(id)
  }
  const mark = (ref: VersionRef, name: 'queued' | 'evaluated', to: Mark) => {
    const found = watched.get(nameOf(ref))
    if (found && (found[name]?.day ?? '') <= to.day) watched.set(nameOf(ref), { ...found, [name]: to })
  }
  const fireKey = (owner: string, fireId: string) => `${owner}/${fireId}`
  const delivery = ({ owner, fire_id, subscription_id }: DeliveryKey) => {
    const key = `${fireKey(owner, fire_id)}/${subscription_id}`
    let found = deliveries.get(key)
    if (!found) {
      found = { parts: new Set(), sub: subscription_id, fire: fireKey(owner, fire_id) }
      deliveries.set(key, found)
      const of = byFire.get(found.fire) ?? []
      byFire.set(found.fire, [...of, found])
    }
    return found
  }
  const byFire = new Map<string, { end?: DeliveryEnd; sub: string }[]>()
  const sessionOf = (ref: VersionRef) => [...fires.values()].filter((fire) => nameOf(fire) === nameOf(ref))
  const ordered = (list: Fire[]) => list.sort((a, b) => (a.day + a.symbol < b.day + b.symbol ? -1 : 1))

  return {
    subscriptions: {
      async create(subscription) {
        if (subscriptions.has(subscription.subscription_id)) throw new AppError('conflict', 'taken')
        touch(versionOf(subscription), subscription.created_at, subscription)
        subscriptions.set(subscription.subscription_id, subscription)
      },
      get: async (id) => subscriptions.get(id),
      list: async (owner) =>
        [...subscriptions.values()]
          .filter((each) => each.owner === owner)
          .sort((a, b) => (a.created_at + a.subscription_id < b.created_at + b.subscription_id ? 1 : -1)),
      count: async (owner) => [...subscriptions.values()].filter((each) => each.owner === owner).length,
      pause: async (id, reason) => change(id, { paused: true, paused_reason: reason }),
      async resume(id, at) {
        const found = subscriptions.get(id)
        if (found) touch(versionOf(found), at, found)
        return change(id, { paused: false, paused_reason: null })
      },
      delete: async (id) => subscriptions.delete(id),
      async *active(ref) {
        const all = [...subscriptions.values()].filter(
          (each) => nameOf(versionOf(each)) === nameOf(ref) && !each.paused,
        )
        for (let i = 0; i < all.length; i += 700) yield all.slice(i, i + 700)
      },
      async deliveryFailed(id, last_error) {
        const key = `${id} ${last_error.fire_id}`
        const found = subscriptions.get(id)
        if (!found || failed.has(key)) return
        failed.add(key)
        change(id, { last_error, failed_deliveries: found.failed_deliveries + 1 })
      },
    },
    watched: {
      async *list() {
        yield [...watched.values()]
      },
      get: async (ref) => watched.get(nameOf(ref)),
      queued: async (ref, to) => mark(ref, 'queued', to),
      evaluated: async (ref, to) => mark(ref, 'evaluated', to),
      async retire(ref, since) {
        if ((watched.get(nameOf(ref))?.touched_at ?? since) < since) watched.delete(nameOf(ref))
      },
      async record(ref, evaluation) {
        const of = evaluations.get(nameOf(ref)) ?? new Map()
        evaluations.set(nameOf(ref), of.set(evaluation.day, evaluation))
      },
      evaluations: async (ref, limit) =>
        [...(evaluations.get(nameOf(ref))?.values() ?? [])].sort((a, b) => (a.day < b.day ? 1 : -1)).slice(0, limit),
    },
    fires: {
      open: async (session) =>
        void open.set(`${nameOf(session)}#${session.day}`, { ...plainRef(session), day: session.day, at: session.at }),
      opened: async () => [...open.values()],
      async close(session) {
        const key = `${nameOf(session)}#${session.day}`
        if (open.get(key)?.at === session.at) open.delete(key)
      },
      async record(fire) {
        const key = fireKey(fire.owner, fire.fire_id)
        const found = fires.get(key)
        if (!found) fires.set(key, fire)
        return found ?? fire
      },
      get: async (owner, id) => fires.get(fireKey(owner, id)),
      async announced(fire) {
        fires.set(fireKey(fire.owner, fire.fire_id), { ...fire, state: 'announced' })
      },
      ofSession: async (ref, day) => ordered(sessionOf(ref).filter((fire) => fire.day === day)),
      latest: async (ref, limit) => ordered(sessionOf(ref)).reverse().slice(0, limit),
    },
    deliveries: {
      async claim(key, now, until) {
        const found = delivery(key)
        if (found.end === 'sent' || found.end === 'paused') return { state: 'finished' }
        if ((found.until ?? 0) > now) return { state: 'busy', until: found.until! }
        found.until = until
        const failed = found.end === 'failed' ? (found.error ?? '') : null
        return { state: 'claimed', sent: new Set(found.parts), failed }
      },
      sent: async (key, part) => void delivery(key).parts.add(part),
      release: async (key) => void (delivery(key).until = undefined),
      async finish(key, end, _at, error) {
        const found = delivery(key)
        if (found.end === 'sent') return
        found.end = end
        found.error = error
        found.until = undefined
      },
      finished: async (owner, id) =>
        new Set((byFire.get(fireKey(owner, id)) ?? []).filter(({ end }) => end).map(({ sub }) => sub)),
    },
  }
}

const plainRef = ({ owner, strategy_id, version }: VersionRef): VersionRef => ({ owner, strategy_id, version })
