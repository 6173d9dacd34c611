import type { Context } from './draft.ts'
import type { Linked } from './linked.ts'
import type { Role } from './phrase.ts'

export interface Step {
  role: Role
  legs?: readonly [string, string]
  conditions: Linked[]
}

export interface Sides {
  entries: { long: Linked[]; short: Linked[] }
  exits: { long: Linked[]; short: Linked[] }
}

/**
 * Conditions follow their action ("buy when ...") or come before it ("... -> buy"). Those before the first action belong to
 * it when it has none of its own or opens a position; the rest opens a position.
 */
export function assign(steps: Step[], context: Context): Sides {
  const entries = { long: [] as Linked[], short: [] as Linked[] }
  const exits = { long: [] as Linked[], short: [] as Linked[] }
  let pending = steps[0].conditions
  const actions = steps.slice(1)
  const postfix = actions.length > 1 && pending.length > 0 && actions.at(-1)!.conditions.length === 0
  let side: 'long' | 'short' =
    actions.some((one) => one.role === 'long') || !actions.some((one) => one.role === 'short') ? 'long' : 'short'
  let legs: readonly [string, string] | undefined
  const opened = (step: Step): 'long' | 'short' => {
    if (step.role === 'reverse') return side === 'long' ? 'short' : 'long'
    if (step.legs) legs ??= context.draft.pair ?? step.legs
    const asFirst = !step.legs || !legs || step.legs[0] === legs[0]
    return (step.role === 'short') === asFirst ? 'short' : 'long'
  }
  const give = (list: Linked[], conditions: readonly Linked[]) => list.push(...conditions)
  actions.forEach((step, index) => {
    const own = step.conditions
    const entry = step.role === 'long' || step.role === 'short' || step.role === 'reverse'
    if (entry) {
      side = opened(step)
      if (step.legs && !context.draft.pair) context.draft.pair = [step.legs[0], step.legs[1]]
      if (own.length && postfix && pending.length && index < actions.length - 1) {
        give(entries[side], pending)
        pending = own
      } else {
        const next = actions[index + 1]
        const cut = next && next.conditions.length === 0 && next.role !== 'reverse' ? lastStart(own) : -1
        give(entries[side], pending)
        give(entries[side], cut > 0 ? own.slice(0, cut) : own)
        pending = cut > 0 ? own.slice(cut) : []
      }
      return
    }
    const closes = step.role === 'cover' ? 'short' : side
    if (own.length === 0) {
      give(exits[closes], pending)
      if (pending.length === 0) context.draft.bareExit = true
      pending = []
      return
    }
    give(entries[side], pending)
    const end = own.findIndex((one, at) => at > 0 && one.starts === '.' && one.link !== 'or')
    give(exits[closes], end < 0 ? own : own.slice(0, end))
    if (end >= 0) give(entries[side], own.slice(end))
    pending = []
  })
  give(entries[side], pending)
  return { entries, exits }
}

/** Where the last clause of several begins: "buy when A; when B sell". */
function lastStart(conditions: readonly Linked[]): number {
  for (let at = conditions.length - 1; at > 0; at--) if (conditions[at].starts !== '') return at
  return -1
}
