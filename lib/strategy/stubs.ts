import {
  COMPARISONS,
  CONTRACT_ENTRY_POINTS,
  CONTRACT_SERIES,
  type ContractFunction,
  DATA_FUNCTIONS,
  FIGURE_FIELDS,
  JS_GLOBALS,
  POSITION_FIELDS,
  PRICE_COLUMNS,
  SERIES_FUNCTION,
} from './contract.ts'
import type { ArgumentKind } from './series.ts'
import { FILTER_FIELDS } from './universe-filters.ts'

const ARGUMENTS: Readonly<Record<ArgumentKind, string>> = {
  x: 'x: Expression',
  c: 'condition: Expression',
  n: 'n: number',
  k: 'k: number',
  s: 'symbol: string',
  'n?': 'n?: number',
  'x?': 'x?: Expression',
}

/** TypeScript declarations of everything a strategy may name: for editors, and for whoever writes strategies. */
export function contractStubs(): string {
  return [
    '/** One value per bar, declared once at module level and read inside the entry points. */',
    'interface Series {',
    '  /** the value k bars ago, k a literal whole number >= 0; NaN before the first bar and where it is missing */',
    '  ago(k: number): number',
    '}',
    '/** a rule-language expression in quotes, a series, or a number */',
    'type Expression = string | Series | number',
    'type Comparable = number | Series',
    'type Crossable = number | Series | number[]',
    'type Verdict = boolean | null | { signal: boolean | null; score?: number | null; data?: Record<string, unknown> }',
    'interface PriceData {',
    ...PRICE_COLUMNS.map((column) => `  ${column}: number[]`),
    '}',
    '/** NaN where a figure is missing */',
    'interface FundamentalData {',
    ...FIGURE_FIELDS.map(({ name, meaning }) => `  ${name}: number // ${meaning}`),
    '}',
    '/** min_ and max_ of each field below, and sector, industry, symbols (a name or a list) */',
    'interface UniverseFilters {',
    ...[...FILTER_FIELDS.keys()].map((field) => `  min_${field}?: number; max_${field}?: number`),
    '  sector?: string | string[]; industry?: string | string[]; symbols?: string | string[]',
    '}',
    'interface Position {',
    ...POSITION_FIELDS.map(({ name, type, meaning }) => `  ${name}${type} // ${meaning}`),
    '}',
    '',
    '// Entry points: export at least one.',
    ...CONTRACT_ENTRY_POINTS.map(({ name, type, meaning }) => `// export function ${name}${type} // ${meaning}`),
    '',
    '// Data as of the current bar.',
    ...DATA_FUNCTIONS.map(declared),
    '',
    '// Comparisons with the tolerance of the rule language; false when a side is NaN.',
    ...COMPARISONS.map(declared),
    '',
    '// Series: bare names are read directly (close.ago(0)); calls declare one at module level.',
    declared(SERIES_FUNCTION),
    ...seriesLines(),
    '',
    `// JavaScript that is there: ${JS_GLOBALS.join(', ')}.`,
    '',
  ].join('\n')
}

function declared({ name, type, meaning }: ContractFunction): string {
  return `declare function ${name}${type} // ${meaning}`
}

function seriesLines(): string[] {
  const compared = new Set(COMPARISONS.map(({ name }) => name))
  return CONTRACT_SERIES.flatMap(({ spellings, signature }) => {
    const name = spellings[1] ?? spellings[0]
    if (compared.has(name)) return []
    const parameters = signature.args?.map((kind, i) => numbered(ARGUMENTS[kind], i)).join(', ')
    return parameters === undefined
      ? [`declare const ${name}: Series // ${signature.meaning}`]
      : [`declare function ${name}(${parameters}): Series // ${signature.meaning}`]
  })
}

/** Two parameters of one kind need two names. */
function numbered(parameter: string, index: number): string {
  return index === 0 ? parameter : parameter.replace(/^(\w+)/, `$1${index + 1}`)
}
