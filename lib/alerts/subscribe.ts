import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Timeframe } from '../market/bars.ts'
import type { Catalog } from '../market/catalog.ts'
import { requireCatalog } from '../signals/latest-pass.ts'
import { knownSymbols } from '../signals/selection.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { type Channel, type ChannelPolicy, checkChannels } from './channel.ts'
import { concerns, type Fire, type FireStore } from './fire.ts'
import { movedTo } from './move.ts'
import { universeOf } from './narrowed.ts'
import { mailboxesOf } from './recipient.ts'
import { type Recipients, waitsFor } from './recipients.ts'
import { type Subscription, type SubscriptionStore, versionInId, versionOf } from './subscription.ts'
import { listedForm } from './watch.ts'
import type { Evaluation, WatchedStore } from './watched.ts'

export interface SubscribeRequest {
  strategy_id: number
  /** the newest when absent */
  version?: number
  symbols?: string[]
  universe?: string
  channels: Channel[]
}

/** A subscription as its owner sees it: the secret is shown once, when it is made. */
export type SubscriptionShown = Omit<Subscription, 'secret' | 'owner'>

/** What an owner does with alerts. Another owner's alert answers `not_found`. */
export interface Alerts {
  /** Warnings: who is told nothing yet. */
  subscribe(
    request: SubscribeRequest,
  ): Promise<{ subscription: SubscriptionShown; webhook_secret: string | null; warnings: string[] }>
  list(): Promise<SubscriptionShown[]>
  /** With the last sessions that were evaluated and the last fires it concerns. */
  get(
    id: string,
  ): Promise<{ subscription: SubscriptionShown; evaluations: Evaluation[]; fires: Fire[]; warnings: string[] }>
  pause(id: string): Promise<SubscriptionShown>
  resume(id: string): Promise<SubscriptionShown>
  remove(id: string): Promise<void>
  /** Puts it on another version of its strategy, the newest when none is named; it gets that version's id. */
  move(id: string, version?: number): Promise<SubscriptionShown>
}

export interface AlertsDeps {
  subscriptions: SubscriptionStore
  watched: WatchedStore
  fires: FireStore
  /** `not_found` when the owner has no such strategy or version */
  strategy: (owner: string, strategyId: number, version?: number) => Promise<Strategy>
  catalog: (timeframe?: Timeframe) => Promise<Catalog | undefined>
  policy: ChannelPolicy
  /** where addresses have to agree before they can be told anything */
  recipients?: Recipients
  /** subscriptions one owner may have */
  mostPerOwner: number
  clock: Clock
  newId: () => string
  newSecret: () => string
}

const EVALUATIONS_SHOWN = 10
const FIRES_SHOWN = 20
const FIRES_LOOKED_AT = 200

/** An owner's alerts. */
export function alertsOf(deps: AlertsDeps, owner: string): Alerts {
  const { subscriptions, recipients } = deps

  const own = async (id: string): Promise<Subscription> => {
    const found = versionInId(id) && (await subscriptions.get(id))
    return found && found.owner === owner ? found : missing(id)
  }
  /** Asks the addresses that need it; an address without an alert is told nothing, an alert without its addresses would be silent. */
  const addAddresses = async ({ channels }: Pick<Subscription, 'channels'>): Promise<string[]> => {
    if (recipients === undefined) return []
    const waits: (string | null)[] = []
    for (const address of mailboxesOf(channels)) waits.push(waitsFor(address, await recipients.add(address, owner)))
    return waits.filter((each) => each !== null)
  }

  return {
    async subscribe(request) {
      checkChannels(request.channels, deps.policy)
      if (owner !== LOCAL && request.channels.some(({ kind }) => kind === 'console' || kind === 'file'))
        throw new AppError(
          'bad_request',
          'The channels console and file are for the owner of the machine. Choose email or webhook.',
        )
      if (request.universe !== undefined) universeOf(request.universe)
      const strategy = await deps.strategy(owner, request.strategy_id, request.version)
      listedForm(strategy)
      const timeframe = strategy.rule?.timeframe ?? '1d'
      if (request.symbols) knownSymbols(await requireCatalog(deps, timeframe), request.symbols)
      const held = await subscriptions.count(owner)
      if (held >= deps.mostPerOwner)
        throw new AppError('limit', `You have ${held} alerts, which is the most. Delete one first (DELETE /alerts/ID).`)
      const subscription: Subscription = {
        subscription_id: `${strategy.strategy_id}.${strategy.version}.${deps.newId()}`,
        owner,
        strategy_id: strategy.strategy_id,
        strategy_version: strategy.version,
        ...(timeframe === '1d' ? {} : { timeframe }),
        symbols: request.symbols === undefined ? null : [...new Set(request.symbols)].sort(),
        universe: request.universe ?? null,
        channels: request.channels,
        secret: request.channels.some(({ kind }) => kind === 'webhook') ? deps.newSecret() : null,
        paused: false,
        paused_reason: null,
        created_at: new Date(deps.clock()).toISOString(),
        failed_deliveries: 0,
        last_error: null,
      }
      const warnings = await addAddresses(subscription)
      await subscriptions.create(subscription)
      return { subscription: shown(subscription), webhook_secret: subscription.secret, warnings }
    },

    list: async () => (await subscriptions.list(owner)).map(shown),

    async get(id) {
      const subscription = await own(id)
      const ref = versionOf(subscription)
      const evaluations = await deps.watched.evaluations(ref, EVALUATIONS_SHOWN)
      const fires = await deps.fires.latest(ref, FIRES_LOOKED_AT)
      const told = fires.filter((fire) => concerns(fire, subscription)).slice(0, FIRES_SHOWN)
      const waits = await Promise.all(
        recipients === undefined
          ? []
          : mailboxesOf(subscription.channels).map(async (address) =>
              waitsFor(address, await recipients.state(address, owner)),
            ),
      )
      const warnings = waits.filter((each) => each !== null)
      return { subscription: shown(subscription), evaluations, fires: told, warnings }
    },

    async pause(id) {
      await own(id)
      return shown((await subscriptions.pause(id, null)) ?? missing(id))
    },

    async resume(id) {
      await addAddresses(await own(id))
      return shown((await subscriptions.resume(id, new Date(deps.clock()).toISOString())) ?? missing(id))
    },

    move: async (id, version) => shown(await movedTo(deps, await own(id), version)),

    async remove(id) {
      const { channels } = await own(id)
      // Noted before: killed in between, the address is looked at and found to be needed still, or no more.
      for (const address of mailboxesOf(channels)) await recipients?.review(address, owner)
      await subscriptions.delete(id)
    },
  }
}

/** The owner of a machine's home. */
const LOCAL = 'local'

function missing(id: string): never {
  throw new AppError(
    'not_found',
    `There is no alert ${id.slice(0, 100)}. GET /alerts (saywhen alerts list) names them.`,
  )
}

const shown = ({ secret: _secret, owner: _owner, ...rest }: Subscription): SubscriptionShown => rest
