import type { Timeframe } from './bars.ts'

/** What to do where bars of a size are wanted and none are stored. */
export function importHint(timeframe: Timeframe): string {
  if (timeframe === '1d') return 'Import some (bars import PATH) or make simulated ones (bars simulate).'
  const smaller = timeframe === '1m' ? '' : ' (or --timeframe 1m: larger bars are made of smaller ones)'
  return `Import some: saywhen bars import PATH --timeframe ${timeframe} --stamp start${smaller}.`
}
