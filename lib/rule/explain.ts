import type { Expr, Rule } from './ast.ts'
import { Phrases } from './phrases.ts'

/** The rule in plain English, one sentence per clause, in the order a trade goes through them. */
export function explainRule(rule: Rule): string[] {
  const { clauses } = rule
  const daily = rule.timeframe === '1d'
  const unit = daily ? 'day' : 'bar'
  const phrases = new Phrases(unit)
  const ofPosition = new Phrases(unit, true)
  const sentences: (string | undefined)[] = [
    daily ? undefined : `Read on ${rule.timeframe} bars of the regular session.`,
    clauses.at && `Read once per session at ${clauses.at} New York time.`,
    universe(rule.universe, phrases),
    rule.signal && `Signal when ${phrases.condition(rule.signal)}.`,
    rule.short && `Short when ${phrases.condition(rule.short)}.`,
    clauses.rebalance &&
      `Decided on the last session of each ${clauses.rebalance}; at the next open the portfolio becomes the selected names.`,
    clauses.fill === 'close' ? "Orders fill at the signal bar's own close." : undefined,
    rule.exit && `Exit at the next open when ${ofPosition.condition(rule.exit)}.`,
    rule.stop && `Stop at ${ofPosition.value(rule.stop)}.`,
    rule.target && target(rule.target, ofPosition),
    rule.stopAfterTarget && `After the target the stop is ${ofPosition.value(rule.stopAfterTarget)}.`,
    rule.trail && `Trailing stop at ${ofPosition.value(rule.trail)}, never moved back.`,
    clauses.flat && "Positions end at the session's close.",
    clauses.maxpos !== undefined
      ? `At most ${clauses.maxpos} ${plural('position', clauses.maxpos)} at once.`
      : undefined,
    clauses.cooldown !== undefined
      ? `No re-entry for ${clauses.cooldown} ${plural('session', clauses.cooldown)} after an exit.`
      : undefined,
    clauses.once && 'Only the first true bar of a symbol and session counts.',
    rule.size && `Size in shares, rounded down: ${ofPosition.value(withoutFloor(rule.size))}.`,
    clauses.pair && `Each position carries the opposite position of equal dollars in ${clauses.pair}.`,
    rule.rank &&
      `Ranked by ${phrases.value(rule.rank.by)}, ${rule.rank.order === 'desc' ? 'largest' : 'smallest'} first.`,
    clauses.limit !== undefined ? `Only the first ${clauses.limit} of a screen are kept.` : undefined,
    fire(clauses.fire),
  ]
  return sentences.filter((sentence): sentence is string => sentence !== undefined && sentence !== '')
}

function universe(expr: Expr, phrases: Phrases): string {
  if (expr.kind === 'name' && expr.name === 'stocks') return 'Among all stocks.'
  if (expr.kind === 'name' && expr.name === 'all') return 'Among all symbols, ETFs included.'
  return `Among symbols for which ${phrases.condition(expr)}.`
}

function target({ share, level }: { share: number; level: Expr }, phrases: Phrases): string {
  const level_ = phrases.value(level)
  return share === 1 ? `Target at ${level_}.` : `Sell ${Math.round(share * 1e6) / 1e4}% at ${level_}.`
}

function fire(fires: 'edge' | 'session' | undefined): string | undefined {
  if (fires === undefined) return undefined
  return fires === 'edge'
    ? 'An alert fires when the condition becomes true.'
    : 'An alert fires on the first true bar of a session.'
}

function withoutFloor(expr: Expr): Expr {
  return expr.kind === 'call' && expr.name === 'floor' ? expr.args[0]! : expr
}

function plural(noun: string, n: number): string {
  return n === 1 ? noun : `${noun}s`
}
