import type { RuleClauses } from '../../strategy/strategy.ts'
import type { Composed } from './compose.ts'
import type { Draft } from './draft.ts'
import { joined, type Linked } from './linked.ts'
import { type Condition, type Op, opposite, plain } from './meaning.ts'
import { protect } from './protect.ts'

export interface Written {
  clauses: RuleClauses
  intent: 'screen' | 'backtest' | 'alert'
  assumptions: string[]
  questions: string[]
}

/** Bars of a full session: what a day's holding counts on shorter bars. */
const BARS_OF_SESSION = { '1m': 390, '5m': 78, '15m': 26, '1h': 7 } as const

/** The gathered strategy as clauses of the rule language, with everything that was taken for granted. */
export function write(composed: Composed, corrections: readonly string[]): Written {
  const { draft } = composed.context
  const questions = [...draft.questions]
  const long = settled(composed.entries.long, questions)
  const short = settled(composed.entries.short, questions)
  const watched = ownMarket(long, draft)
  const exits = { long: settled(composed.exits.long, questions), short: settled(composed.exits.short, questions) }
  const all = [...long, ...short, ...exits.long, ...exits.short].map((one) => one.condition)
  const intent = draft.intent.alert ? 'alert' : trades(draft, composed) ? 'backtest' : 'screen'
  const gap = [...long, ...short].some((one) => one.condition.gap)
  const within =
    draft.intraday ||
    draft.flat ||
    draft.timeframe !== undefined ||
    all.some((one) => one.intraday) ||
    (intent === 'alert' && gap)
  // on a chart of its own size indicators and windows count its bars
  const which = within && !draft.chart ? 'i' : 'd'
  if (draft.chart && composed.context.words.has('day'))
    questions.push('Days on a chart of shorter bars: which of the two is meant?')
  const notes = [...corrections, ...draft.notes, ...all.flatMap((one) => one.notes)]
  const clauses: RuleClauses = { timeframe: within ? (draft.timeframe ?? '5m') : '1d' }
  if (draft.at) clauses.at = draft.at
  if (watched) draft.symbols = [watched]

  const sizes = draft.magic ? long.filter((one) => one.condition.about === 'market cap') : []
  const rest = long.filter((one) => !sizes.includes(one))
  const chosen = intent === 'screen' ? preferred(rest, draft) : rest
  clauses.universe = universe(draft, sizes)
  const read = (list: readonly Linked[]) => entry(list, which, draft, within && gap, intent)
  if (draft.magic)
    clauses.signal = ['ev > 0 and invested_capital > 0', ...(chosen.length ? [grouped(chosen, which)] : [])].join(
      ' and ',
    )
  else if (chosen.length || draft.cashBelow) clauses.signal = read(chosen)
  if (short.length) clauses.short = read(short)
  if (within && gap)
    notes.push(
      'the gap is known at the open: read on the first completed bar of the regular session; pre-market prices are not used',
    )
  if (within && draft.hold !== undefined) notes.push(`${draft.hold} sessions are counted in bars of full sessions`)
  if (within && !draft.timeframe) notes.push('read on 5-minute bars')
  if (draft.rebalance) clauses.rebalance = draft.rebalance

  const exit =
    draft.otherwise && clauses.signal ? contrary(chosen, which) : exitText(exits, draft, which, composed, within)
  if (exit) clauses.exit = exit
  protect(clauses, draft, notes, questions)
  if (draft.flat) clauses.flat = 'close'
  if (draft.fill) {
    clauses.fill = draft.fill
    notes.push('filled at the close of the signal bar, as said; an order would have to be in before that close')
  }
  if (draft.maxpos !== undefined) clauses.maxpos = draft.maxpos
  if (draft.cooldown !== undefined) clauses.cooldown = draft.cooldown
  if (draft.once) clauses.once = 'session'
  if (draft.pair) clauses.pair = draft.pair[1]
  const rank = order(draft, [...chosen, ...short], intent, which)
  if (rank) clauses.rank = rank
  if (draft.limit !== undefined) clauses.limit = draft.limit
  if (intent === 'alert') clauses.fire = within ? 'session' : 'edge'

  if (!clauses.signal && !clauses.short && questions.length === 0)
    questions.push(
      intent === 'alert'
        ? 'What should be watched: which price, indicator or event, above or below which value?'
        : 'Which stocks: what condition should hold, such as "RSI below 30" or "a new 52-week high"?',
    )
  if (
    intent === 'backtest' &&
    draft.bareExit &&
    !exit &&
    !draft.flat &&
    !clauses.stop &&
    !clauses.trail &&
    !clauses.target
  )
    questions.push('When should the position be sold?')
  if (
    intent === 'backtest' &&
    !exit &&
    !draft.flat &&
    !draft.rebalance &&
    !clauses.stop &&
    !clauses.target &&
    !clauses.trail
  )
    notes.push('no exit is given: held for 5 sessions, with forward returns over 1, 5 and 20 days')
  for (const list of [chosen, short, exits.long, exits.short])
    if (list.some((one) => one.link === 'or') && list.slice(1).some((one) => one.link !== 'or' && !one.opens))
      notes.push(`"and" binds closer than "or": read as ${joined(list, which)}`)
  return { clauses, intent, assumptions: [...new Set(notes.filter(Boolean))], questions }
}

/** Conditions on an index alone, with no word about stocks, are about trading or watching the index itself. */
function ownMarket(list: Linked[], draft: Draft): string | undefined {
  const symbols = new Set(list.map((one) => one.condition.market?.symbol))
  const [symbol] = symbols
  if (symbols.size !== 1 || !symbol || draft.saysStocks || draft.universe || draft.symbols.length) return undefined
  for (const one of list) one.condition = { ...one.condition.market!.own, notes: one.condition.notes }
  return symbol
}

/** In a screen "the top n by x" orders what the other conditions leave; alone it selects. */
function preferred(list: Linked[], draft: Draft): Linked[] {
  const best = list.find((one) => one.condition.chosen)?.condition.chosen
  if (!best) return list
  draft.rank ??= `${best.by} ${best.order}`
  draft.limit ??= best.n
  return list.length > 1 ? list.filter((one) => !one.condition.chosen) : list
}

function trades(draft: Draft, composed: Composed): boolean {
  return draft.intent.trade || composed.entries.short.length > 0 || composed.exits.long.length > 0
}

/** Leaves out set-up names that the words themselves say exactly, and conditions a later one contains. */
function settled(list: readonly Linked[], questions: string[]): Linked[] {
  const replaced = new Set(list.flatMap((one) => one.condition.replaces ?? []))
  return list.filter(({ condition }) => {
    if (replaced.has(condition)) return false
    if (!condition.concept) return true
    const exact = list.some(
      (other) =>
        other.condition !== condition &&
        !other.condition.concept &&
        condition.concept!.some((about) => other.condition.about.startsWith(about)),
    )
    if (exact) return false
    if (condition.d === '?') {
      questions.push(condition.notes[0])
      return false
    }
    return true
  })
}

function grouped(list: readonly Linked[], which: 'd' | 'i'): string {
  const text = joined(list, which)
  return list.slice(1).some((one) => one.link === 'or') ? `(${text})` : text
}

function entry(
  list: readonly Linked[],
  which: 'd' | 'i',
  draft: Draft,
  firstBar: boolean,
  intent: Written['intent'],
): string {
  const parts: string[] = []
  if (draft.minute !== undefined) parts.push(`tod() == ${draft.minute}`)
  if (firstBar && intent !== 'alert') parts.push('bar_of_day() == 1')
  const more = parts.length > 0 || firstBar || draft.cashBelow !== undefined
  if (list.length) parts.push(more ? grouped(list, which) : joined(list, which))
  if (draft.cashBelow) parts.push(`close > ${draft.cashBelow[which]}`)
  if (firstBar && intent === 'alert') parts.push('bar_of_day() == 1')
  return parts.join(' and ')
}

function universe(draft: Draft, sizes: readonly Linked[]): string {
  const symbols = draft.pair ? [draft.pair[0]] : [...new Set(draft.symbols)]
  if (symbols.length === 1) return `symbol == '${symbols[0]}'`
  if (symbols.length > 1) return `symbol in (${symbols.map((one) => `'${one}'`).join(',')})`
  const filters = [
    ...(draft.universe ? [draft.universe] : []),
    ...draft.filters,
    ...sizes.map((one) => one.condition.d),
  ]
  return filters.length ? filters.join(' and ') : 'stocks'
}

/** "else cash": out when the entry no longer holds. */
function contrary(list: readonly Linked[], which: 'd' | 'i'): string {
  const text = joined(list, which)
  const sides = /^([^<>=]+) (<=?|>=?) ([^<>=]+)$/.exec(text)
  return sides && !/\b(and|or|not)\b/.test(text)
    ? `${sides[1]} ${opposite(sides[2] as Op)} ${sides[3]}`
    : `not (${text})`
}

function exitText(
  exits: Composed['exits'],
  draft: Draft,
  which: 'd' | 'i',
  composed: Composed,
  within: boolean,
): string {
  const parts: string[] = []
  const { long, short } = exits
  if (long.length && short.length)
    parts.push(`side == 1 and ${grouped(long, which)} or side == -1 and ${grouped(short, which)}`)
  else if (long.length || short.length) parts.push(joined(long.length ? long : short, which))
  const z = composed.context.zscore?.[which]
  if (z && draft.pairExit !== undefined) parts.push(`abs(${z}) < ${plain(draft.pairExit)}`)
  if (z && draft.pairStop !== undefined) parts.push(`abs(${z}) > ${plain(draft.pairStop)}`)
  if (draft.hold !== undefined)
    parts.push(`bars_held >= ${draft.hold * (within ? BARS_OF_SESSION[draft.timeframe ?? '5m'] : 1)}`)
  return parts.join(' or ')
}

function order(draft: Draft, list: readonly Linked[], intent: Written['intent'], which: 'd' | 'i'): string | undefined {
  if (draft.rank) return draft.rank
  let best: Condition['rank']
  for (const { condition } of list) {
    if (draft.rankBy === 'measure' && condition.about === 'distance in ATRs') return `${condition.rank!.by} desc`
    if (condition.rank && (!best || condition.rank.weight > best.weight)) best = condition.rank
  }
  return best && (intent === 'screen' || draft.rankBy)
    ? `${which === 'i' ? (best.i ?? best.by) : best.by} ${best.order}`
    : undefined
}
