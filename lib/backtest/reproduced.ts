import { canonicalHash, findingsOf } from './result-hash.ts'

type Json = Record<string, unknown>

/** Something that was one thing before and is another now; null where there is none. */
export interface Change {
  what: string
  before: unknown
  now: unknown
}

/** How a result differs from an earlier one of the same request. */
export interface Reproduction {
  reproduced: boolean
  result_hash: { before: string; now: string }
  /** what the results rest on */
  causes: Change[]
  /** symbols whose bars are not as many as they were */
  coverage: { symbol: string; before: string | null; now: string | null }[]
  /** numbers of performance_metrics that differ */
  metrics: Change[]
  /** the first instance and the first trade that differ, with their place from 1 */
  first_instance: (Change & { place: number }) | null
  first_trade: (Change & { place: number }) | null
  /** other parts of the result that differ, by name */
  other: string[]
}

/** Compares a result with an earlier one, part by part; reproduced means equal in every bit that resultHash counts. */
export function reproduction(earlier: Json, later: Json): Reproduction {
  const [before, now] = [findingsOf(earlier), findingsOf(later)]
  const hashes = { before: canonicalHash(before), now: canonicalHash(now) }
  const [was, is] = [json(before.receipt), json(now.receipt)]
  const [metricsBefore, metricsNow] = [json(before.performance_metrics), json(now.performance_metrics)]
  const numbers = (metrics: Json): Json =>
    Object.fromEntries(Object.entries(metrics).filter(([name]) => name !== 'reasons' && name !== 'definitions'))
  const [portfolioBefore, portfolioNow] = [json(before.portfolio), json(now.portfolio)]
  return {
    reproduced: hashes.before === hashes.now,
    result_hash: hashes,
    causes: [
      ...CAUSES.flatMap((name) => changeOf(name, was[name], is[name])),
      ...changes(json(was.settings), json(is.settings), 'settings '),
      ...changes(json(was.request), json(is.request), 'request '),
    ],
    coverage: coverageChanges(json(was.coverage), json(is.coverage)),
    metrics: changes(numbers(metricsBefore), numbers(metricsNow)),
    first_instance: firstOf('instance', before.instances, now.instances),
    first_trade: firstOf('trade', portfolioBefore.trades, portfolioNow.trades),
    other: [
      ...changes({ ...before, ...APART }, { ...now, ...APART }),
      ...changes({ ...portfolioBefore, trades: null }, { ...portfolioNow, trades: null }, 'portfolio '),
    ].map(({ what }) => what),
  }
}

const CAUSES = ['engine_version', 'data_version', 'strategy_hash', 'simulated']
/** What is compared in its own way. */
const APART = { receipt: 0, performance_metrics: 0, portfolio: 0, instances: 0 }

function json(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
}

function changeOf(what: string, before: unknown, now: unknown): Change[] {
  return canonicalHash(before ?? null) === canonicalHash(now ?? null)
    ? []
    : [{ what, before: before ?? null, now: now ?? null }]
}

function changes(before: Json, now: Json, prefix = ''): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort()
  return names.flatMap((name) => changeOf(`${prefix}${name}`, before[name], now[name]))
}

function firstOf(what: string, before: unknown, now: unknown): (Change & { place: number }) | null {
  const [was, is]: unknown[][] = [before, now].map((rows) => (Array.isArray(rows) ? rows : []))
  for (let i = 0; i < Math.max(was.length, is.length); i++) {
    const [change] = changeOf(what, was[i], is[i])
    if (change !== undefined) return { ...change, place: i + 1 }
  }
  return null
}

function coverageChanges(before: Json, now: Json): Reproduction['coverage'] {
  const [was, is] = [barsBySymbol(before.by_symbol), barsBySymbol(now.by_symbol)]
  return [...new Set([...was.keys(), ...is.keys()])]
    .sort()
    .map((symbol) => ({ symbol, before: was.get(symbol) ?? null, now: is.get(symbol) ?? null }))
    .filter((each) => each.before !== each.now)
}

/** `got of expected` for each symbol of the table. */
function barsBySymbol(table: unknown): Map<string, string> {
  const { symbol, bars_expected, bars_got } = json(table)
  if (!Array.isArray(symbol) || !Array.isArray(bars_expected) || !Array.isArray(bars_got)) return new Map()
  return new Map(symbol.map((name, i) => [String(name), `${bars_got[i]} of ${bars_expected[i]}`]))
}
