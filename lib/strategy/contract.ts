/**
 * What a strategy's code may name, and what each name means. The sandbox's globals, the validator, the type stubs and the
 * generator's prompt are all built from here.
 */
import { SERIES, type SeriesSignature } from './series.ts'
import { ENTRY_POINTS, type EntryPoint } from './strategy.ts'

export { FIGURE_FIELDS, type FigureField } from './figure-fields.ts'
export { universeExpression } from './universe-filters.ts'

/** `stoch_k` is `stochK` in JavaScript. */
export function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** `getPriceData` is `get_price_data` in the owner's Python. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** One name the guest offers or the host calls, in camelCase; the snake_case spelling stands for the same. */
export interface ContractFunction {
  readonly name: string
  /** TypeScript parameters and result, as the stubs print them */
  readonly type: string
  readonly meaning: string
}

export interface ContractEntryPoint extends ContractFunction {
  readonly name: EntryPoint
}

const ENTRY_POINT_TEXTS: Record<EntryPoint, [type: string, meaning: string]> = {
  classifySymbol: [
    '(symbol: string): Verdict',
    'the condition that opens a position, selects or alerts, at the current bar',
  ],
  classifyShort: ['(symbol: string): Verdict', 'the condition that opens a short position, at the current bar'],
  scoreSymbol: ['(symbol: string): number | null', 'what the results are ranked by, larger first, at the current bar'],
  exitPosition: [
    '(symbol: string, position: Position): boolean | null',
    'whether an open position is closed, asked at each close from the entry bar on',
  ],
  runScreening: [
    '(universe: string[], limit: number): { ranked_results: object[] }',
    'a whole screen as of the current session',
  ],
  runBatchBacktest: [
    '(startDate: string, endDate: string, symbols: string[]): { instances: object[] }',
    'called once per session t with endDate = t; only instances stamped t count',
  ],
  runRealtimeAlert: [
    '(symbols: string[]): { alerts: object[]; signals: Record<string, object> }',
    'alerts as of the current session',
  ],
}

/** The functions the host calls; a strategy has at least one. */
export const CONTRACT_ENTRY_POINTS: readonly ContractEntryPoint[] = ENTRY_POINTS.map((name) => ({
  name,
  type: ENTRY_POINT_TEXTS[name][0],
  meaning: ENTRY_POINT_TEXTS[name][1],
}))

/** Data as of the current bar. */
export const DATA_FUNCTIONS: readonly ContractFunction[] = [
  {
    name: 'getPriceData',
    type: "(symbol: string, options?: { timeframe?: '1d'; days?: number }): PriceData",
    meaning:
      'the last `days` sessions (30) up to the current bar, oldest first; fewer where the history is shorter, empty for an unknown symbol',
  },
  {
    name: 'getMultipleSymbolsData',
    type: "(symbols: string[], options?: { timeframe?: '1d'; days?: number }): Record<string, PriceData>",
    meaning: 'getPriceData of several symbols, by symbol',
  },
  {
    name: 'getFundamentalData',
    type: '(symbol: string): FundamentalData | null',
    meaning: 'the figures published by the current bar; a missing figure is NaN; null when none is known',
  },
  {
    name: 'scanUniverse',
    type: '(options?: { filters?: UniverseFilters; limit?: number }): string[]',
    meaning:
      'stocks that pass every filter as of the current bar, largest market capitalisation first, at most `limit` (100)',
  },
]

/** Comparisons with the rule language's tolerance: values within 1e-9 of each other are equal. False when a side is NaN. */
export const COMPARISONS: readonly ContractFunction[] = [
  { name: 'isAbove', type: '(a: Comparable, b: Comparable): boolean', meaning: 'a > b and not equal' },
  { name: 'isBelow', type: '(a: Comparable, b: Comparable): boolean', meaning: 'a < b and not equal' },
  { name: 'atLeast', type: '(a: Comparable, b: Comparable): boolean', meaning: 'a > b or equal' },
  { name: 'atMost', type: '(a: Comparable, b: Comparable): boolean', meaning: 'a < b or equal' },
  { name: 'isEqual', type: '(a: Comparable, b: Comparable): boolean', meaning: 'equal' },
  {
    name: 'crossesAbove',
    type: '(a: Crossable, b: Crossable): boolean',
    meaning: 'a is above b now and was at or below it on the bar before; arrays are read at their last two entries',
  },
  {
    name: 'crossesBelow',
    type: '(a: Crossable, b: Crossable): boolean',
    meaning: 'a is below b now and was at or above it on the bar before; arrays are read at their last two entries',
  },
]

/** `series(expr)`: any expression of the rule language as a series. */
export const SERIES_FUNCTION: ContractFunction = {
  name: 'series',
  type: '(expression: string): Series',
  meaning: 'a series of any rule-language expression; a condition yields 1, 0 or NaN',
}

/** One series a strategy can declare or read: `spellings` are its global names, the rule language's first. */
export interface ContractSeries {
  readonly name: string
  readonly spellings: readonly string[]
  readonly signature: SeriesSignature
}

/** Groups whose values exist only elsewhere: in exits. */
const LEFT_OUT: readonly SeriesSignature['group'][] = ['position']

function offered(entry: SeriesSignature): boolean {
  if (LEFT_OUT.includes(entry.group)) return false
  // Text has no column of numbers, and bare `all` stands only in UNIVERSE.
  return entry.args !== undefined || (entry.yields !== 'text' && entry.name !== 'all')
}

/** Every series name the guest offers: bare names are handles, the others declare a series when called at module level. */
export const CONTRACT_SERIES: readonly ContractSeries[] = SERIES.filter(offered).map((signature) => ({
  name: signature.name,
  spellings: spellings(signature.name),
  signature,
}))

function spellings(name: string): string[] {
  return [...new Set([name, camelCase(name), snakeCase(name)])]
}

/**
 * The JavaScript globals of the guest. Left out on purpose: console (nothing reads it), Promise, Proxy, Reflect, Symbol,
 * BigInt, eval, Function, WeakRef, SharedArrayBuffer, timers and everything of a host. `Date` knows only the current bar's
 * close, in UTC; `Math.random` is seeded by symbol and bar.
 */
export const JS_GLOBALS: readonly string[] = [
  'Array',
  'Boolean',
  'Date',
  'Error',
  'Float64Array',
  'Infinity',
  'Int32Array',
  'JSON',
  'Map',
  'Math',
  'NaN',
  'Number',
  'Object',
  'RangeError',
  'RegExp',
  'Set',
  'String',
  'TypeError',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
  'undefined',
]

/** Every global name of the guest, in code-unit order. */
export const CONTRACT_GLOBALS: readonly string[] = [
  ...new Set([
    ...JS_GLOBALS,
    ...[...DATA_FUNCTIONS, ...COMPARISONS, SERIES_FUNCTION].flatMap(({ name }) => spellings(name)),
    ...CONTRACT_SERIES.flatMap((entry) => entry.spellings),
  ]),
].sort()

/** The entry point a function name stands for in either spelling, or undefined. */
export function entryPointOf(name: string): EntryPoint | undefined {
  return ENTRY_POINTS.find((entry) => entry === name || snakeCase(entry) === name)
}

/** Fields of a position as exitPosition sees it, snake_case; camelCase works too. */
export const POSITION_FIELDS: readonly ContractFunction[] = [
  { name: 'side', type: ': 1 | -1', meaning: '1 long, -1 short' },
  { name: 'entry_price', type: ': number', meaning: 'price of the fill' },
  { name: 'entry_time', type: ': number', meaning: 'when the entry bar closed, epoch ms' },
  { name: 'entry_date', type: ': string', meaning: 'date of the entry bar, YYYY-MM-DD' },
  { name: 'bars_held', type: ': number', meaning: 'bars in the position, 1 on the entry bar' },
  { name: 'entry', type: '(series: Series): number', meaning: 'the series at the signal bar' },
  {
    name: 'since_entry_high',
    type: '(series: Series): number',
    meaning: 'its largest value from the entry bar through the current one',
  },
  {
    name: 'since_entry_low',
    type: '(series: Series): number',
    meaning: 'its smallest value from the entry bar through the current one',
  },
]

/** Columns of getPriceData's answer. */
export const PRICE_COLUMNS = ['timestamps', 'open', 'high', 'low', 'close', 'volume'] as const

export const DEFAULT_DAYS = 30
export const DEFAULT_UNIVERSE_LIMIT = 100
/** Largest source text the validator reads. */
export const MAX_CODE_BYTES = 100 * 1024
/** Most series one strategy declares. */
export const MAX_SERIES = 256
