import type { Market } from '../market/market.ts'
import type { MarketSource } from '../market/source.ts'
import { crossColumns } from '../rule/cross-section.ts'
import { createEvaluator } from '../rule/evaluate.ts'
import { parseExpression } from '../rule/parse.ts'
import { printExpression } from '../rule/print.ts'
import { contains } from '../rule/tree.ts'
import { seriesLeaves } from '../rule/write-code.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { isCrossSectional } from '../signals/dependencies.ts'
import { scan } from '../signals/scan.ts'
import { expressionsOf, type StrategyView } from '../signals/strategy-view.ts'
import { constructedMarket, type Leaf, probedLeaves, pulsedBars } from './constructed.ts'
import { compareSymbol, type Tally } from './proof-compare.ts'

const PROBE_BARS = 4_000
/** Larger whole numbers are levels (a market capitalisation), not windows. */
const LONGEST_WINDOW = 1_000
/** Windows looked around at most, those of rule and series first: code may hold any number of whole numbers. */
const MOST_WINDOWS = 16
/** Literals that constructed values are drawn around at most. */
const MOST_LITERALS = 64
const DEPTH = { isolated: 0, positions: 200, scores: 1_000 }
/** Bar columns code may read without declaring them. */
const BAR_NAMES = ['open', 'high', 'low', 'close', 'volume']

export interface ConstructedComparison {
  view: StrategyView
  source: MarketSource
  sandbox: Sandbox
  tally: Tally
}

/** Compares rule and code where stored bars may never go: on pulsed bars, and on values around every threshold. */
export async function compareConstructed(comparison: ConstructedComparison): Promise<void> {
  const { view, source, sandbox, tally } = comparison
  const literals = literalsOf(view)
  const windows = literals
    .filter((value) => Number.isInteger(value) && value >= 2 && value <= LONGEST_WINDOW)
    .slice(0, MOST_WINDOWS)
  const depth = { ...DEPTH, positions: 20, scores: 100 }
  // A rule without windows is looked at on a plain walk.
  const market = constructedMarket(pulsedBars(windows.length > 0 ? windows : [2], view.timeframe))
  const days = { from: 0, to: Number.MAX_SAFE_INTEGER }
  const cross = crossColumns(market, market.symbols, expressionsOf(view), parseExpression('close > 0'))
  const bars = { strategy: view, market, symbols: market.symbols, cross, ...days }
  for await (const scanned of scan(bars, source, sandbox)) await compareSymbol(scanned, view.rule, depth, tally)

  const leaves = probeLeaves(view, market)
  if (leaves === null) return
  const { series, overrides } = probedLeaves(leaves, literals, PROBE_BARS, view.timeframe)
  const probe = { strategy: view, market: constructedMarket([series]), symbols: [series.symbol], overrides, ...days }
  for await (const scanned of scan(probe, source, sandbox)) await compareSymbol(scanned, view.rule, DEPTH, tally)
}

/**
 * The series that rule and code read, with values they took. Null when the code reads one that the rule does not name (unless it
 * is the rule's but for its literals, sma(close,201) for sma(close,200)): independent values for both, `roc(close,1)` beside
 * `close`, would contradict each other.
 */
function probeLeaves(view: StrategyView, seenOn: Market): Leaf[] | null {
  if (view.rule === null || view.readsArrays) return null
  const texts = new Set(seriesLeaves(view.rule))
  const ofCode = new Set([...view.series.map(printExpression), ...BAR_NAMES])
  const unread = [...texts].filter((text) => !ofCode.has(text)).map(shape)
  for (const text of view.series.map(printExpression)) {
    if (!texts.has(text) && !BAR_NAMES.includes(text) && !unread.includes(shape(text))) return null
    if (!BAR_NAMES.includes(text)) texts.add(text)
  }
  const evaluators = seenOn.symbols.slice(0, 3).map((symbol) => createEvaluator(seenOn, seenOn.bars(symbol)!))
  return [...texts].map((text) => {
    const expr = parseExpression(text)
    const seen = isCrossSectional([expr])
      ? []
      : evaluators.flatMap((evaluator) => Array.from(evaluator.column(expr)).filter((value) => Number.isFinite(value)))
    return { text, expr, seen }
  })
}

/** An expression but for its numbers. */
const shape = (text: string): string => text.replace(/\d+(?:\.\d+)?%?/g, '#')

/** Every number that rule or code names, without repeats. */
function literalsOf(view: StrategyView): number[] {
  const found = new Set<number>()
  for (const expr of expressionsOf(view)) {
    contains(expr, (part) => {
      if (part.kind === 'number' && part.value !== 0) found.add(part.value)
      if (part.kind === 'ago' && part.bars > 0) found.add(part.bars)
      return false
    })
  }
  for (const [text] of view.code.matchAll(/(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi))
    if (Number(text) !== 0) found.add(Number(text))
  return [...found].slice(0, MOST_LITERALS)
}
