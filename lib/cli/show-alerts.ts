import type { SubscriptionAnswer, SubscriptionShown } from './answers.ts'
import { significant } from './numbers.ts'
import { type Paint, plain, table } from './text.ts'

/** The table of alerts; a failure's reason stands below it. */
export function subscriptionsText(alerts: readonly SubscriptionShown[], style: Paint): string[] {
  if (alerts.length === 0) return ['No alert yet. Make one: saywhen alerts subscribe ID --console.']
  const columns = [
    { title: 'alert' },
    { title: 'strategy', right: true },
    { title: 'symbols' },
    { title: 'told by' },
    { title: 'state' },
    { title: 'failed', right: true },
  ]
  const rows = alerts.map((each) => [
    each.subscription_id,
    `${each.strategy_id} v${each.strategy_version}`,
    [
      each.symbols === null ? 'all' : few(each.symbols),
      ...(each.universe === null ? [] : [`in ${each.universe}`]),
    ].join(' '),
    few(each.channels.map((channel) => channel.kind)),
    each.paused ? 'paused' : 'active',
    String(each.failed_deliveries),
  ])
  const reasons = alerts.flatMap(({ subscription_id, last_error, paused_reason }) => [
    ...(last_error === null
      ? []
      : [`${subscription_id} failed on ${last_error.at.slice(0, 16).replace('T', ' ')}: ${last_error.message}`]),
    ...(paused_reason === null ? [] : [`${subscription_id} was paused: ${paused_reason}`]),
  ])
  return [...table(columns, rows, style), ...reasons.map((line) => style.dim(plain(line)))]
}

/** What became of the last sessions, then the last fires. */
export function evaluationsText({ evaluations, fires }: SubscriptionAnswer, style: Paint): string[] {
  const sessions = evaluations.map((each) => [each.day, each.outcome, String(each.fires), each.reason ?? ''])
  const fired = fires.map((fire) => [fire.day, fire.symbol, significant(fire.price), fire.state, fire.fire_id])
  const right = true
  return [
    ...(sessions.length === 0
      ? ['No session was looked at yet.']
      : table(
          [{ title: 'session' }, { title: 'outcome' }, { title: 'fires', right }, { title: 'why' }],
          sessions,
          style,
        )),
    '',
    ...(fired.length === 0
      ? ['Nothing fired yet.']
      : table(
          [{ title: 'session' }, { title: 'symbol' }, { title: 'price', right }, { title: 'state' }, { title: 'fire' }],
          fired,
          style,
        )),
  ]
}

const few = (names: readonly string[]) =>
  names.length <= 3 ? names.join(',') : `${names.slice(0, 3).join(',')} and ${names.length - 3} more`
