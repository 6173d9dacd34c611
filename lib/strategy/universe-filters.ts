import { AppError } from '../core/errors.ts'
import { FIGURE_FIELDS } from './figure-fields.ts'

/** What `min_` and `max_` filters of scanUniverse can be put on, with the rule-language expression of each. */
export const FILTER_FIELDS: ReadonlyMap<string, string> = new Map([
  // Levels in dollars and shares are meant as traded.
  ['price', 'raw_close'],
  ['volume', 'raw_volume'],
  ['dollar_volume', 'dollar_volume(20)'],
  ...FIGURE_FIELDS.map(({ name, expr }): [string, string] => [name, expr]),
])

const TEXT_FILTERS: Readonly<Record<string, string>> = {
  sector: 'sector',
  sectors: 'sector',
  industry: 'industry',
  industries: 'industry',
  symbol: 'symbol',
  symbols: 'symbol',
}

/**
 * The UNIVERSE expression that scanUniverse's filters stand for; `stocks` is part of it unless symbols are named. Keys in
 * snake_case or camelCase. Throws `bad_code` naming an unknown filter or a value of the wrong kind.
 */
export function universeExpression(filters: Readonly<Record<string, unknown>>): string {
  const conditions: string[] = []
  let named = false
  for (const [written, value] of Object.entries(filters)) {
    if (value === undefined || value === null) continue
    const key = written.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const text = Object.hasOwn(TEXT_FILTERS, key) ? TEXT_FILTERS[key] : undefined
    if (text !== undefined) {
      conditions.push(`${text} in (${textValues(written, value).join(', ')})`)
      named ||= text === 'symbol'
      continue
    }
    const bound = key.slice(0, 4)
    const expr = FILTER_FIELDS.get(key.slice(4))
    if ((bound !== 'min_' && bound !== 'max_') || expr === undefined) throw unknownFilter(written)
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new AppError('bad_code', `scanUniverse: the filter "${written}" needs a number.`, { filter: written })
    }
    conditions.push(`${expr} ${bound === 'min_' ? '>=' : '<='} ${value}`)
  }
  return [...(named ? [] : ['stocks']), ...conditions].join(' and ')
}

function textValues(filter: string, value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  if (values.length === 0 || !values.every((each) => typeof each === 'string' && /^[^'\n]+$/.test(each))) {
    throw new AppError('bad_code', `scanUniverse: the filter "${filter}" needs a name or a list of names.`, { filter })
  }
  return values.map((each) => `'${each}'`)
}

function unknownFilter(filter: string): AppError {
  const shown = filter.slice(0, 60)
  return new AppError(
    'bad_code',
    `scanUniverse has no filter "${shown}". Filters are min_ or max_ with ${[...FILTER_FIELDS.keys()].join(', ')}; and sector, industry, symbols.`,
    { filter: shown },
  )
}
