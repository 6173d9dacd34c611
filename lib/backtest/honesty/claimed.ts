import type { Instance } from '../instances.ts'
import type { ListedSession } from '../listed.ts'
import type { KeptState } from './state.ts'

/** What a strategy says of itself or tries; no metric is computed from any of it. */
export interface Claimed {
  note: string
  /** listed instances that were stamped with another session than the one they were asked for, and on how many sessions */
  other_sessions: { instances: number; sessions: number }
  /** what it returned beside its list, by name, and on how many sessions */
  own_results: { names: string[]; sessions: number }
  /** fields of its instances that look like returns or prices of a trade, by how many instances have them */
  own_returns: { fields: Record<string, number>; instances: number }
  state: KeptState & { proof: string | null }
}

/** Names under which strategies put results of their own: what came after the signal, and measures of success. */
const RESULT =
  /^(future|expected|forward|reali[sz]ed|next|actual|predicted|trade)_?\w*(return|profit|gain|price|pnl)|^((total|annual|average|avg|mean|max|strategy|portfolio)_?)?(returns?|profit|pnl|gain|performance)$|^(sharpe(_?ratio)?|hit_?rate|win_?rate|(max_?)?drawdown|(entry|exit)_?(price|date|reason)|outcome|expectancy|positive_?return_?rate)$/i

const NOTE =
  'Said by the strategy itself. Returns and metrics are computed from the stored bars alone; nothing here enters them.'

/** The result-like fields of instances' data, counted; for the merge, which has the instances at hand. */
export function ownReturns(instances: readonly Pick<Instance, 'data'>[]): Claimed['own_returns'] {
  const fields = new Map<string, number>()
  let claiming = 0
  for (const { data } of instances) {
    const named = Object.keys(data).filter((name) => RESULT.test(name))
    if (named.length > 0) claiming++
    for (const name of named) fields.set(name, (fields.get(name) ?? 0) + 1)
  }
  return { fields: Object.fromEntries([...fields].sort(([a], [b]) => (a < b ? -1 : 1))), instances: claiming }
}

/** Everything claimed, counted and named. `proof`: why the strategy's proof failed, where it keeps state. */
export function claimedBy(
  sessions: readonly Pick<ListedSession, 'ignored' | 'claims'>[],
  returns: Claimed['own_returns'],
  state: KeptState,
  proof: string | null,
): Claimed {
  const stamped = sessions
    .map(({ ignored }) => ignored['stamped with another session'] ?? 0)
    .filter((count) => count > 0)
  const claiming = sessions.filter(({ claims }) => Object.keys(claims).length > 0)
  return {
    note: NOTE,
    other_sessions: { instances: stamped.reduce((sum, count) => sum + count, 0), sessions: stamped.length },
    own_results: {
      names: [...new Set(claiming.flatMap(({ claims }) => Object.keys(claims)))].sort(),
      sessions: claiming.length,
    },
    own_returns: returns,
    state: { ...state, proof },
  }
}

/** One warning for each kind of claim. */
export function claimWarnings({ other_sessions, own_results, own_returns, state }: Claimed): string[] {
  const found: string[] = []
  const { instances, sessions } = other_sessions
  if (instances > 0)
    found.push(
      `The strategy stamped ${instances} ${instances === 1 ? 'instance' : 'instances'} with other sessions than the one it was asked for, on ${sessions} ${sessions === 1 ? 'session' : 'sessions'}: they do not count.`,
    )
  if (own_results.sessions > 0)
    found.push(
      `The strategy returned results of its own (${own_results.names.slice(0, 10).join(', ')}) on ${own_results.sessions} sessions: no metric is computed from them.`,
    )
  const fields = Object.keys(own_returns.fields)
  if (fields.length > 0)
    found.push(
      `The strategy claims results of its own on ${own_returns.instances} instances (${fields.slice(0, 10).join(', ')}): they are kept as data, and no metric is computed from them.`,
    )
  if (state.writes.length > 0 || state.proof !== null)
    found.push(
      `The strategy keeps state${state.writes.length > 0 ? ` in ${state.writes.join(', ')}` : ''}: it is started afresh for every bar, and nothing survives.`,
    )
  else if (state.could_keep.length > 0)
    found.push(
      `The strategy could keep state in ${state.could_keep.join(', ')}: it is started afresh for every bar, and nothing survives.`,
    )
  return found
}
