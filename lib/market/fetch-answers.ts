import { AppError } from '../core/errors.ts'
import { nyse } from './calendar.ts'
import { shardOf } from './codec.ts'
import type { SymbolPlan } from './fetch-plan.ts'
import type { ActionKind, BarProvider, CorporateAction, ProvidedBar, UnknownSymbol } from './provider.ts'

/** Ex-dates are asked for from a little before the first wanted bar: one without a bar acts on the next. */
const ACTIONS_BEFORE_DAYS = 14

/** What a provider answered about one symbol. */
export interface SymbolAnswer {
  symbol: string
  shard: number
  bars: ProvidedBar[]
  splits: CorporateAction[]
  dividends: CorporateAction[]
  splitsAsked: readonly [from: number, to: number]
  /** whether the bar of this day was asked for and taken as the provider has it */
  asked(day: number): boolean
}

export interface Answers {
  symbols: Map<string, SymbolAnswer>
  unknown: UnknownSymbol[]
}

/** Asks a provider for what is planned: bars by span, splits over the whole history of a symbol, dividends of the wanted bars. */
export async function fetchAnswers(
  provider: BarProvider,
  plans: readonly SymbolPlan[],
  end: number,
  onProgress: (done: number, total: number) => void,
): Promise<Answers> {
  const symbols = new Map<string, SymbolAnswer>(plans.map((plan) => [plan.symbol, emptyAnswer(plan, end)]))
  const unknown = new Map<string, UnknownSymbol>()
  const refused = (each: UnknownSymbol) => {
    unknown.set(each.symbol, each)
    symbols.delete(each.symbol)
  }
  await fetchBars(provider, plans, symbols, refused, onProgress)

  // Of a symbol with neither stored nor fetched bars nothing can be adjusted. Bars without their splits would be worse than none:
  // a symbol whose actions are refused is left as it is.
  const held = () =>
    plans.filter(({ symbol, stored }) => symbols.has(symbol) && (stored || symbols.get(symbol)!.bars.length > 0))
  const first = Math.min(...held().map(({ symbol }) => symbols.get(symbol)!.splitsAsked[0]))
  await fetchActions(provider, 'split', held(), () => first, end, symbols, refused)
  const wanted = held().filter(({ ranges }) => ranges.length > 0)
  const fromOf = ({ ranges }: SymbolPlan) => ranges[0][0] - ACTIONS_BEFORE_DAYS
  await fetchActions(provider, 'dividend', wanted, fromOf, end, symbols, refused)
  return { symbols, unknown: [...unknown.values()] }
}

function emptyAnswer(plan: SymbolPlan, end: number): SymbolAnswer {
  const { symbol, sessions, ranges, stored } = plan
  const first = Math.min(stored?.first ?? Number.POSITIVE_INFINITY, ranges[0]?.[0] ?? Number.POSITIVE_INFINITY)
  const from = (first === Number.POSITIVE_INFINITY ? end : first) - ACTIONS_BEFORE_DAYS
  const within = (day: number) => ranges.some((range) => day >= range[0] && day <= range[1])
  return {
    symbol,
    shard: shardOf(symbol),
    bars: [],
    splits: [],
    dividends: [],
    splitsAsked: [from, end],
    // A bar on a day that is no session is taken too, to be listed as a defect.
    asked: (day) => sessions.has(day) || (!nyse.isSession(day) && within(day)),
  }
}

/** Symbols with the same span go together. */
async function fetchBars(
  provider: BarProvider,
  plans: readonly SymbolPlan[],
  answers: ReadonlyMap<string, SymbolAnswer>,
  refused: (unknown: UnknownSymbol) => void,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const spans = grouped(plans.flatMap(({ symbol, ranges }) => ranges.map((range) => ({ symbol, range }))))
  const total = spans.reduce((sum, { symbols }) => sum + symbols.length, 0)
  let done = 0
  for (const { range, symbols } of spans) {
    const asked = symbols.filter((symbol) => answers.has(symbol))
    const seen = new Set<string>()
    const [from, to] = range
    if (asked.length > 0)
      for await (const page of provider.bars({ symbols: asked, timeframe: '1d', from, to })) {
        for (const each of page.unknown) refused(each)
        for (const bar of page.bars) {
          const answer = answerOf(answers, provider, bar.symbol)
          if (bar.day >= from && bar.day <= to && answer.asked(bar.day)) answer.bars.push(bar)
          seen.add(bar.symbol)
        }
        onProgress(done + seen.size, total)
      }
    done += symbols.length
    onProgress(done, total)
  }
}

function answerOf(answers: ReadonlyMap<string, SymbolAnswer>, provider: BarProvider, symbol: string): SymbolAnswer {
  const answer = answers.get(symbol)
  if (answer) return answer
  throw new AppError('internal', `${provider.name} answered about ${symbol.slice(0, 40)}, which was not asked for.`)
}

function grouped(asked: readonly { symbol: string; range: readonly [number, number] }[]) {
  const groups = new Map<string, { range: readonly [number, number]; symbols: string[] }>()
  for (const { symbol, range } of asked) {
    const key = range.join(' ')
    const group = groups.get(key)
    if (group) group.symbols.push(symbol)
    else groups.set(key, { range, symbols: [symbol] })
  }
  return [...groups.values()].sort((a, b) => a.range[0] - b.range[0] || a.range[1] - b.range[1])
}

/** Symbols asked from the same day go together. */
async function fetchActions(
  provider: BarProvider,
  kind: ActionKind,
  plans: readonly SymbolPlan[],
  fromOf: (plan: SymbolPlan) => number,
  to: number,
  answers: ReadonlyMap<string, SymbolAnswer>,
  refused: (unknown: UnknownSymbol) => void,
): Promise<void> {
  for (const { range, symbols } of grouped(plans.map((plan) => ({ symbol: plan.symbol, range: [fromOf(plan), to] }))))
    for await (const page of provider.actions({ symbols, kinds: [kind], from: range[0], to: range[1] })) {
      for (const each of page.unknown) refused(each)
      for (const action of page.actions) {
        const answer = answerOf(answers, provider, action.symbol)
        if (action.day < range[0] || action.day > range[1]) continue
        if (action.kind === 'split') answer.splits.push(action)
        else answer.dividends.push(action)
      }
    }
}
