import type { Part } from './cover.ts'
import { type Context, newDraft } from './draft.ts'
import { type Condition, conditionEarlier, Unclear, type Value } from './meaning.ts'
import type { Join, Role } from './phrase.ts'

/** A condition with the joint before it. */
export interface Linked {
  condition: Condition
  /** how it hangs on the one before it: a comma takes the joint of the list it stands in */
  link: 'and' | 'or' | ','
  /** a new sentence, clause or "when" begins here */
  starts: '' | 'when' | ';' | '.'
  /** parentheses opened before and closed after */
  opens: number
  closes: number
}

interface Step {
  role: Role
  legs?: readonly [string, string]
  conditions: Linked[]
}

export interface Composed {
  context: Context
  entries: { long: Linked[]; short: Linked[] }
  exits: { long: Linked[]; short: Linked[] }
  /** phrases that were read as words but have no meaning where they stand: token positions and what to ask */
  unclear: { from: number; to: number; question: string }[]
}

/** Gives the phrases their meaning in order, and every condition to the action it belongs to. */
export function compose(parts: readonly Part[], words: ReadonlySet<string>): Composed {
  const context: Context = { draft: newDraft(), words, alert: false }
  const unclear: Composed['unclear'] = []
  const steps: Step[] = [{ role: 'long', conditions: [] }]
  let link: Linked['link'] = 'and'
  let starts: Linked['starts'] = ''
  let negate = false
  let shift = false
  let opens = 0
  let afterExit = false
  const later: { part: Part; linked: Linked }[] = []
  let loose: { from: number; to: number; value: Value } | undefined
  const guarded = (part: Part, act: () => void) => {
    try {
      act()
    } catch (error) {
      if (!(error instanceof Unclear)) throw error
      unclear.push({ from: part.from, to: part.to, question: error.message })
    }
  }
  // a measure named apart ("12-1 momentum, top decile") may stand before or after what is done with it
  const measure = (part: Part) => {
    if (part.phrase?.is !== 'value') return
    if (loose && !uses(loose.value))
      unclear.push({ ...loose, question: 'Above or below which value, or the highest or lowest of how many names?' })
    const value = part.phrase.make(context)
    context.loose = value
    loose = { from: part.from, to: part.to, value }
  }
  const uses = (value: Value) =>
    steps.some((step) => step.conditions.some(({ condition }) => condition.d.includes(value.d)))
  const early = new Set<Part>()
  for (const [at, part] of parts.entries()) {
    const phrase = part.phrase
    if (!phrase || phrase.is === 'filler') continue
    if (phrase.is === 'value') {
      if (!early.has(part)) guarded(part, () => measure(part))
      continue
    }
    if (phrase.is === 'join') {
      const join: Join = phrase.join
      if (join === 'or') link = 'or'
      else if (join === 'and') link = link === 'or' ? 'or' : 'and'
      else if (join === ',') link = link === 'or' ? 'or' : ','
      else if (join === 'not') negate = true
      else if (join === 'after') shift = steps.at(-1)!.conditions.length > 0
      else if (join === 'when') starts = starts || 'when'
      else if (join === ';' || join === '.') starts = join
      continue
    }
    if (phrase.is === 'paren') {
      const last = steps.at(-1)!.conditions.at(-1)
      if (phrase.open) opens++
      else if (opens > 0) opens--
      else if (last) last.closes++
      continue
    }
    if (phrase.is === 'modifier') {
      const last = steps.at(-1)!.conditions.at(-1)
      if (last) last.condition = phrase.change(last.condition)
      else unclear.push({ from: part.from, to: part.to, question: 'What happens for the first time?' })
      continue
    }
    if (phrase.is === 'setting') {
      const before = exitsOf(context)
      guarded(part, () => phrase.apply(context))
      if (exitsOf(context) !== before) afterExit = true
      else if (link === 'or') afterExit = false
      continue
    }
    if (phrase.is === 'action') {
      steps.push({ role: phrase.role, legs: phrase.legs, conditions: [] })
      if (phrase.symbols) context.draft.symbols.push(...phrase.symbols)
      if (phrase.role !== 'reverse') context.draft.intent.trade = true
      link = 'and'
      starts = ''
      shift = false
      opens = 0
      afterExit = false
      continue
    }
    // "sell after 10 days or when RSI is above 70": one more way out
    if (afterExit && link === 'or') {
      steps.push({ role: 'exit', conditions: [] })
      link = 'and'
    }
    afterExit = false
    guarded(part, () => {
      let made: Condition[]
      try {
        made = [phrase.make(context)].flat()
      } catch (error) {
        if (!(error instanceof Unclear)) throw error
        const loose = parts.slice(at).find((one) => one.phrase?.is === 'value' && !early.has(one))
        if (!loose) {
          // what it is measured by may be said later: "short the bottom decile and buy the top decile of ..."
          const linked: Linked = {
            condition: { d: '?', i: '?', notes: [], about: '' },
            link,
            starts,
            opens: 0,
            closes: 0,
          }
          steps.at(-1)!.conditions.push(linked)
          later.push({ part, linked })
          return
        }
        early.add(loose)
        measure(loose)
        made = [phrase.make(context)].flat()
      }
      made.forEach((one, index) => {
        let condition = shift && !one.prior ? conditionEarlier(one, 1) : one
        if (negate)
          condition = {
            ...condition,
            d: negated(condition.d),
            i: negated(condition.i),
            rank: undefined,
            bound: undefined,
          }
        steps.at(-1)!.conditions.push({
          condition,
          link: index ? 'and' : link,
          starts: index ? '' : starts,
          opens: index ? 0 : opens,
          closes: 0,
        })
      })
    })
    link = 'and'
    starts = ''
    negate = false
    shift = false
    opens = 0
  }
  for (const { part, linked } of later)
    guarded(part, () => {
      if (part.phrase?.is === 'condition') linked.condition = [part.phrase.make(context)].flat()[0]
    })
  const { draft } = context
  if (loose && !uses(loose.value) && draft.limit !== undefined && draft.rebalance) {
    // "...; top 20 monthly": the names a portfolio holds
    const d = `top(${loose.value.d},${draft.limit})`
    steps.at(-1)!.conditions.push({
      condition: { d, i: `pd(${d})`, notes: loose.value.notes, about: 'rank', wide: true },
      link: 'and',
      starts: '',
      opens: 0,
      closes: 0,
    })
    draft.slots = draft.limit
    draft.limit = undefined
  }
  if (loose && !uses(loose.value))
    unclear.push({
      from: loose.from,
      to: loose.to,
      question: 'Above or below which value, or the highest or lowest of how many names?',
    })
  return { context, ...assign(steps, context), unclear }
}

/** How the draft leaves a position, as one text to tell a change by. */
function exitsOf({ draft }: Context): string {
  const { hold, flat, stop, stopPercent, stopAtr, targetPercent, trail } = draft
  return JSON.stringify([hold, flat, stop, stopPercent, stopAtr, targetPercent, trail])
}

const negated = (text: string) =>
  text === '' ? '' : /^[a-z_]+\([^()]*\)$/.test(text) ? `not ${text}` : `not (${text})`

/**
 * Conditions follow their action ("buy when ...") or come before it ("... -> buy"). Those before the first action belong to
 * it when it has none of its own or opens a position; the rest opens a position.
 */
function assign(steps: Step[], context: Context): Pick<Composed, 'entries' | 'exits'> {
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

/**
 * One text of several conditions: "and" binds closer than "or", commas take the joint of the list they stand in, and
 * parentheses that hold more than one condition are kept.
 */
export function joined(list: readonly Linked[], which: 'd' | 'i'): string {
  const links = list.map((one) => one.link)
  for (let at = links.length - 1; at > 0; at--) if (links[at] === ',') links[at] = links[at + 1] === 'or' ? 'or' : 'and'
  let text = ''
  let depth = 0
  list.forEach((one, index) => {
    if (index) text += ` ${links[index]} `
    const closes = Math.min(one.closes, depth + one.opens)
    // one condition alone in parentheses needs none
    const own = Math.min(one.opens, closes)
    text +=
      '('.repeat(one.opens - own) +
      (one.condition[which] || one.condition.d || one.condition.i) +
      ')'.repeat(closes - own)
    depth += one.opens - closes
  })
  return text + ')'.repeat(Math.max(depth, 0))
}
