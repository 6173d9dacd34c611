import type { ExplainShown } from './answers-explain.ts'
import { decimal, significant } from './numbers.ts'
import { conditionText, valueText } from './show-condition.ts'
import { facts, type Paint, plain } from './text.ts'

/** A strategy on one bar, for people. */
export function explanationText(answer: ExplainShown, style: Paint, columns: number): string[] {
  const { strategy_id, version, symbol, date, price, verdicts, clauses, rank, rebalance, code, data, note } = answer
  const close = price === null ? '' : `, close ${decimal(price)}`
  const entries: [string, string | string[]][] = verdicts.map(({ side, verdict, reasons }) => [
    side,
    `${verdict}${reasons.length > 0 ? `: ${reasons.join(', ')}` : ''}`,
  ])
  if (rebalance)
    entries.push(['rebalance', `each ${rebalance.period}; ${rebalance.decides ? 'this is' : 'not'} its day`])
  if (rank)
    entries.push([
      'rank',
      `${rank.text} ${rank.order}: ${valueText(rank)}${rank.unknown === undefined ? '' : ` (${rank.unknown})`}`,
    ])
  if (code) entries.push(['the code', plain(JSON.stringify(code))])
  const named = Object.entries(data).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? significant(value) : plain(JSON.stringify(value))}`,
  )
  if (named.length > 0) entries.push(['values', named.join(', ')])
  if (note !== undefined) entries.push(['note', note])
  return [
    style.bold(plain(`Strategy ${strategy_id}@${version} on ${symbol}, ${date}${close}`)),
    '',
    ...facts(entries, columns),
    ...clauses.flatMap((clause) => ['', style.bold(clause.clause), ...conditionText(clause, style, columns)]),
  ]
}
