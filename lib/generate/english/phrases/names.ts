import type { Grammar } from '../grammar.ts'
import { COST, setting } from '../phrase.ts'

/** Set-ups and styles by their names. They head a description and hold no condition of their own. */
const NAMES = [
  'turtle [trading] [system]',
  'connors [system|setup]',
  'larry connors',
  'minervini [trend template]',
  'trend template',
  'oneil [style]',
  'canslim',
  'weinstein [stage <num>]',
  'stage <num>',
  'raschke',
  'elder',
  'gap (and|+) go',
  'pocket pivot',
  'buyable gap up',
  'episodic pivot',
  '[market] regime [filter]',
  'trend following',
  'trend filter',
  'mean reversion',
  'mean reverting',
  'dip in trend',
  '[price] (action|pattern)',
  'multi factor',
  'multifactor',
  'sector rotation',
  'rotation',
  'relative strength',
  'swing (trade|setup)',
  'day trade',
  'deep value',
  'net net',
  'dividend growth',
  'high dividend low (volatility|vol)',
  'low (volatility|vol)',
  'quality [+|and] value',
  'value [+|and] quality',
  'graham [style|stock]',
  'momentum',
  'reversal',
  'short term reversal',
  'overnight [edge]',
  'volatility contraction [pattern]',
  'vcp',
]

export function names(grammar: Grammar): void {
  // a name says less than any condition its words could make
  for (const name of NAMES)
    setting(grammar, [`${name} [strategy|screen|setup|style|scan|system|alert] :`], () => {}, COST.phrase + 2)
  setting(
    grammar,
    [
      'turtle [trading] [system] [style]',
      '[market] regime [filter]',
      'trend following',
      'trend filter',
      'mean reversion',
      'dip in trend',
      '[price] (action|pattern)',
      'multi factor',
      'multifactor',
      'sector rotation',
      'rotation',
      'relative strength',
    ],
    () => {},
    COST.phrase,
  )
}
