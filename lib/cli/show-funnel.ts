import type { FunnelShown, WhyNotShown } from './answers-explain.ts'
import { count } from './numbers.ts'
import { conditionText } from './show-condition.ts'
import { facts, type Paint, plain, table } from './text.ts'

/** Why a strategy is true so seldom, for people. */
export function funnelText(answer: WhyNotShown, style: Paint, columns: number): string[] {
  const { strategy_id, version, date_range, symbols } = answer
  const head = `Strategy ${strategy_id}@${version}, ${date_range.join(' to ')}, ${count(symbols)} symbols`
  return [style.bold(head), ...funnelsText(answer, style, columns)]
}

/** The funnels alone, as they stand below a result. */
export function funnelsText(
  answer: Pick<WhyNotShown, 'funnels' | 'bars' | 'members' | 'deciding' | 'code' | 'note'>,
  style: Paint,
  columns: number,
): string[] {
  const { bars, members, deciding, funnels, code, note } = answer
  const counted = [
    ...(bars === null ? [] : [`${count(bars)} bars, ${count(members)} of members of UNIVERSE`]),
    ...(deciding === null ? [] : [`${count(deciding)} on which REBALANCE decides`]),
  ]
  const entries: [string, string][] = (['long', 'short'] as const).flatMap((side): [string, string][] => {
    const found = code?.[side]
    if (!found) return []
    const { true: yes, false: no, unknown, errors } = found
    return [
      [
        side,
        `the code returned true on ${count(yes)} bars, false on ${count(no)}, null on ${count(unknown)}; it threw on ${count(errors)}`,
      ],
    ]
  })
  if (note !== undefined) entries.push(['note', note])
  return [
    ...(counted.length > 0 ? [counted.join(', ')] : []),
    ...(entries.length > 0 ? ['', ...facts(entries, columns)] : []),
    ...funnels.flatMap((funnel) => ['', ...oneFunnel(funnel, style, columns)]),
  ]
}

function oneFunnel(funnel: FunnelShown, style: Paint, columns: number): string[] {
  const { clause, signals, unknown, steps, blocking, nearest_miss: miss, no_nearest_miss: none } = funnel
  const rows = steps.map((step, i) => [
    String(i + 1),
    count(step.together),
    count(step.alone),
    count(step.without),
    count(step.unknown),
    step.condition,
  ])
  const titles = ['', 'so far', 'alone', 'without it', 'unknown'].map((title) => ({ title, right: true }))
  return [
    style.bold(`${clause}: ${count(signals)} ${signals === 1 ? 'bar passes' : 'bars pass'}`),
    ...table([...titles, { title: 'condition' }], rows, style),
    ...(unknown > 0 ? [style.dim(`unknown as a whole on ${count(unknown)} bars`)] : []),
    ...(blocking
      ? ['', `Condition ${blocking.step} blocks most: without it ${count(blocking.signals_without)} bars would pass.`]
      : []),
    ...(miss
      ? [
          '',
          plain(`Nearest miss: ${miss.symbol} on ${miss.date}, ${miss.failed.length} of ${steps.length} failed`),
          ...miss.failed.flatMap((each) => conditionText(each, style, columns, '  ')),
        ]
      : none === undefined
        ? []
        : ['', `No nearest miss: ${none}.`]),
  ]
}
