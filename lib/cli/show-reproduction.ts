import type { Change, Reproduction } from '../backtest/reproduced.ts'
import { type Paint, plain, table, wrapped } from './text.ts'

const MOST_ROWS = 20
const MOST_CHARACTERS = 300

interface About {
  where: string
  strategy: string
  /** whether the earlier result is not what its own hash says */
  altered: boolean
}

/** Whether a result came out again, else what changed beneath it and which figures differ first. */
export function reproductionText(found: Reproduction, about: About, style: Paint, columns: number): string[] {
  const { where, strategy, altered } = about
  const { before, now } = found.result_hash
  if (found.reproduced)
    return [
      style.good(`${plain(where)}, ${strategy}: reproduced bit for bit.`),
      style.dim(`result ${now.slice(0, 12)} both times`),
    ]
  const { causes, coverage, metrics } = found
  const figures = metrics.length + Number(found.first_instance !== null) + Number(found.first_trade !== null)
  return [
    style.bad(`${plain(where)}, ${strategy}: not reproduced.`),
    style.dim(`result ${before.slice(0, 12)} before, ${now.slice(0, 12)} now`),
    ...(altered
      ? ['', ...wrapped('The earlier result is not what its result_hash says: it was changed after the run.', columns)]
      : []),
    '',
    style.bold('What changed'),
    ...(causes.length === 0
      ? ['neither engine, data, strategy nor settings']
      : changeTable(causes.map(inWords), 'what', style)),
    ...(coverage.length > 0
      ? ['', style.bold('Bars got of bars expected'), ...changeTable(coverage.map(ofSymbol), 'symbol', style)]
      : []),
    '',
    style.bold('Which figures differ'),
    ...(figures === 0 ? ['no metric, instance or trade'] : []),
    ...(metrics.length > 0 ? changeTable(metrics.map(inWords), 'metric', style) : []),
    ...first(found.first_instance, columns),
    ...first(found.first_trade, columns),
    ...(found.other.length > 0 ? ['', ...wrapped(`Other parts that differ: ${found.other.join(', ')}`, columns)] : []),
  ]
}

function changeTable(changes: readonly Change[], title: string, style: Paint): string[] {
  const rows = changes.slice(0, MOST_ROWS).map(({ what, before, now }) => [what, brief(before), brief(now)])
  const rest = changes.length - rows.length
  return [
    ...table([{ title }, { title: 'before' }, { title: 'now' }], rows, style),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ]
}

const inWords = ({ what, ...change }: Change): Change => ({ ...change, what: what.replaceAll('_', ' ') })

const ofSymbol = ({ symbol, before, now }: Reproduction['coverage'][number]): Change => ({ what: symbol, before, now })

function first(change: Reproduction['first_trade'], columns: number): string[] {
  if (change === null) return []
  const { what, place, before, now } = change
  return [
    '',
    `The first ${what} that differs is number ${place}:`,
    ...wrapped(`before ${brief(before, MOST_CHARACTERS)}`, columns),
    ...wrapped(`now ${brief(now, MOST_CHARACTERS)}`, columns),
  ]
}

/** Numbers in full: two that differ in the last bit must look different. */
function brief(value: unknown, most = 40): string {
  if (value === null) return '-'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const short = /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text
  return plain(short.length > most ? `${short.slice(0, most)}...` : short)
}
