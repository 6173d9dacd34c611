import { nameOf } from './channel.ts'
import type { Fire } from './fire.ts'
import type { Notice } from './notifier.ts'
import type { Subscription } from './subscription.ts'

const SUBJECT_CHARACTERS = 150

/** A fire in words for a subscription: what fired and when, its price, the rule, and how to be told no more. */
export function noticeOf(fire: Fire, subscription: Subscription): Notice {
  const { symbol, day, strategy_id, version } = fire
  const short = fire.side === 'short' ? ' (short)' : ''
  const stop = `saywhen alerts pause ${subscription.subscription_id} (or delete); POST /alerts/${subscription.subscription_id}/pause, DELETE /alerts/${subscription.subscription_id}`
  const lines: (readonly [string, string])[] = [
    ['Session', day],
    ['Price', priceText(fire)],
    ['Strategy', `${strategy_id}, version ${version}: ${fire.strategy_name}`],
    ...(fire.words.length > 0 ? fire.words : ['Its code; no rule expresses it.']).map(
      (sentence, i) => [i === 0 ? 'Rule' : '', sentence] as const,
    ),
    ...dataLines(fire.data),
    ['Fire', fire.fire_id],
    ['To stop', stop],
  ]
  const title = `${symbol} fired on ${day}${short}: ${fire.strategy_name}`
  return {
    fire,
    subscription,
    subject: oneLine(`${fire.simulated ? '[simulated market] ' : ''}${title}`).slice(0, SUBJECT_CHARACTERS),
    text: [
      oneLine(`${symbol} fired on ${day}${short}: ${fire.message}`),
      ...(fire.simulated ? ['The bars are those of the simulated market: invented.'] : []),
      '',
      ...lines.map(([label, value]) => `${label.padEnd(10)}${oneLine(value)}`),
      '',
      `This goes to ${subscription.channels.length === 1 ? nameOf(subscription.channels[0]) : `${subscription.channels.length} channels`}. It tells when a rule became true and is no advice.`,
      '',
    ].join('\n'),
    body: {
      ...bodyOf(fire),
      subscription_id: subscription.subscription_id,
      how_to_stop: stop,
    },
  }
}

function bodyOf({ owner: _owner, universes: _universes, state: _state, ...fire }: Fire): Record<string, unknown> {
  const { words, strategy_name, ...rest } = fire
  return { type: 'fire', ...rest, strategy_name, rule: words }
}

function priceText({ price, change }: Fire): string {
  if (price === null) return 'unknown'
  const moved = change === null ? '' : ` (${change >= 0 ? '+' : ''}${(change * 100).toFixed(2)} %)`
  return `${price} at the close${moved}`
}

/** The numbers and short texts a strategy gave with its signal. */
function dataLines(data: Record<string, unknown>): (readonly [string, string])[] {
  return Object.entries(data)
    .filter(([name, value]) => (typeof value === 'number' || typeof value === 'string') && !PRICES.has(name))
    .slice(0, 12)
    .map(([name, value]) => ['', `${name} = ${String(value).slice(0, 100)}`] as const)
}

const PRICES: ReadonlySet<string> = new Set(['current_price', 'daily_change'])

/** What a strategy or a prompt wrote must not begin a line or a header of its own. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()
