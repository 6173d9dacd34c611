import type { Expr } from '../../rule/ast.ts'
import { conditionsOf } from '../../rule/opened.ts'
import { parseExpression } from '../../rule/parse.ts'
import { printExpression } from '../../rule/print.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'
import { withMore } from './add.ts'
import { Asked, listed } from './asked.ts'
import { clauseExprs, joinedBy, withExpr } from './clause-exprs.ts'
import { placedConditions, textOf } from './conditions.ts'
import { done, type Edit, type Reader, sideOf } from './edit.ts'
import { type Framed, framed } from './framed.ts'

const VERB =
  '(?:change|make|set|move|raise|lower|increase|decrease|reduce|adjust|tighten|widen|loosen|use|put|have|take|want|add|place|with|replace)'
const KINDS: readonly [RegExp, (value: string) => string][] = [
  [
    new RegExp(
      `^(?:${VERB}\\s+)?(?:it\\s+)?(?:the\\s+|a\\s+|my\\s+)?(?:trailing[- ]stop(?:[- ]loss)?|trail)\\s*(?:to|at|of|=|:|is|by)?\\s+(.+)$`,
      'i',
    ),
    (v) => `Trailing stop of ${v}`,
  ],
  [
    new RegExp(`^(?:${VERB}\\s+)?(?:the\\s+|a\\s+|an\\s+)?(.+?)\\s+trailing[- ]stop(?:[- ]loss)?$`, 'i'),
    (v) => `Trailing stop of ${v}`,
  ],
  [
    new RegExp(
      `^(?:${VERB}\\s+)?(?:it\\s+)?(?:the\\s+|a\\s+|my\\s+)?stop(?:[- ]loss)?\\s*(?:to|at|of|=|:|is)?\\s+(.+)$`,
      'i',
    ),
    (v) => `Stop loss at ${v}`,
  ],
  [
    new RegExp(`^(?:${VERB}\\s+)?(?:the\\s+|a\\s+|an\\s+)?(.+?)\\s+stop(?:[- ]loss)?$`, 'i'),
    (v) => `Stop loss at ${v}`,
  ],
  [
    new RegExp(
      `^(?:${VERB}\\s+)?(?:the\\s+|a\\s+|my\\s+)?(?:(?:profit|price)[- ])?(?:target|take[- ]profit)\\s*(?:to|at|of|=|:|is)?\\s+(.+)$`,
      'i',
    ),
    (v) => `Take profit at ${v}`,
  ],
  [
    new RegExp(
      `^(?:${VERB}\\s+)?(?:the\\s+|a\\s+|an\\s+)?(.+?)\\s+(?:(?:profit|price)[- ])?(?:target|take[- ]profit)$`,
      'i',
    ),
    (v) => `Take profit at ${v}`,
  ],
]
const RANKED = /^(?:rank|sort|order)(?:ed)?(?: them| it| the (?:list|results))? by (.+)$/i
const RANK_TO =
  /^(?:change|set|make) (?:the )?(?:rank(?:ing)?|sort(?:ing)?|order(?:ing)?)\s+(?:to|by|=)\s+(?:by )?(.+)$/i

/** The sentences, in the order they are tried, that the grammar may read the words as. */
function sentences(words: string): string[] {
  for (const [form, say] of KINDS) {
    const value = form.exec(words)?.[1]
    if (value !== undefined) return [say(value)]
  }
  const ranked = RANKED.exec(words)?.[1] ?? RANK_TO.exec(words)?.[1]
  if (ranked !== undefined) return [`Rank by ${ranked}`]
  const bare = words.replace(
    new RegExp(
      `^(?:${VERB}|limit (?:it |this )?to|restrict (?:it |this )?to|trade|look at|show me|show|keep)\\s+`,
      'i',
    ),
    '',
  )
  const top =
    /^(?:only )?(?:the )?(?:best|first|top) (\d+)(?: (?:stocks|names|results|only))?$|^(?:the )?(\d+) best$|^top (\d+) only$/i.exec(
      bare,
    )
  if (top !== null) return [`Only the top ${top[1] ?? top[2] ?? top[3]}`]
  const plain = bare.replace(/^only\s+/i, '')
  return [words, `Only ${plain}`, bare, `Only ${plain} stocks`]
}

/** A stop lies somewhere between the price and nothing. */
function refuseSenseless(words: string): void {
  const share = /(-\s*)?(\d+(?:\.\d+)?)\s*%/.exec(words)
  if (share === null || !/\b(stop|trail|trailing|target|profit)\b/i.test(words)) return
  const ofStop = /\b(stop|trail|trailing)\b/i.test(words)
  if (share[1] === undefined && Number(share[2]) > 0 && (!ofStop || Number(share[2]) < 100)) return
  throw new Asked(
    `${share[0]} is no distance for a ${ofStop ? 'stop' : 'target'}: by how much, above 0 % and below 100 %?`,
    [share[0]],
  )
}

const DIRECTION =
  /,?\s*\(?(?:(lowest|smallest|ascending|asc|worst|low to high)|(highest|largest|biggest|descending|desc|best|high to low))(?: (?:ones )?first)?\)?$/i

/** Which end of a ranking comes first, where that is said behind it. */
function directed(words: string): [string, 'asc' | 'desc' | undefined] {
  const found = /^(?:rank|sort|order|change (?:the )?(?:rank|sort|order))/i.test(words) ? DIRECTION.exec(words) : null
  return found === null ? [words, undefined] : [words.slice(0, found.index), found[1] === undefined ? 'desc' : 'asc']
}

/** "sort ascending", "reverse the ranking". */
function orderOf(said: string, clauses: RuleClauses): Edit | undefined {
  const turned = /^(?:reverse|invert|flip|turn around) (?:the )?(?:rank(?:ing)?|sort(?:ing)?|order(?:ing)?)$/i.test(
    said,
  )
  const [rest, direction] = directed(said)
  if (!turned && (direction === undefined || !/^(?:rank|sort|order)(?:ing)?(?: by)?$/i.test(rest.trim())))
    return undefined
  if (clauses.rank === undefined) throw new Asked('The rule has no RANK. By what is the list to be ranked?', [said])
  const now = /(asc|desc)\s*$/.exec(clauses.rank)![1]
  return done({
    ...clauses,
    rank: clauses.rank.replace(/(asc|desc)\s*$/, direction ?? (now === 'asc' ? 'desc' : 'asc')),
  })
}

const REPLACED = [
  'stop',
  'target',
  'stop_after_target',
  'trail',
  'maxpos',
  'cooldown',
  'rebalance',
  'size',
  'flat',
  'limit',
  'rank',
  'pair',
] as const

/** Everything a strategy may be told beside its conditions: stops, targets, exits, ranks, limits, the universe. */
export const settings: Reader = (said, clauses) => {
  const instead = /\s+instead$|^(?:change|set|make|replace) (?:the )?exit\b/i.test(said)
  const order = orderOf(said, clauses)
  if (order !== undefined) return order
  if (/^(?:use |trade |on )?all stocks$/i.test(said)) return done({ ...clauses, universe: 'stocks' })
  const beside = /^(?:also|additionally)\s+|\s+(?:too|as well)$/i.test(said) || /^add\b/i.test(said)
  const words = said
    .replace(/\s+(?:instead|too|as well)$/i, '')
    .replace(/^(?:also|additionally)\s+/i, '')
    .replace(/^add (?:an? )?(?:exit|way out)\s*:?\s*(?:when|if)?\s*/i, 'sell when ')
    .replace(/^add\b\s*:?\s*(?:a |an |the )?/i, '')
    .replace(/^(?:change|set|make|restrict|limit) (?:the )?universe to /i, 'only ')
    .replace(
      /^(?:hold (?:for )?)?(?:up to|at most|no more than|not more than|no longer than) (\d+) (days?|sessions?)$/i,
      'hold for $1 $2',
    )
    .replace(/^change (?:the )?exit to (?:selling )?(?:when |if )?/i, 'sell when ')
    .replace(/^(?:change|set|make) (?:the )?(?:holding (?:period|time)|hold|holding) (?:to|=)?\s*/i, 'hold for ')
  refuseSenseless(words)
  const [ranked, direction] = directed(words)
  for (const sentence of sentences(ranked)) {
    const found = framed(sentence, sideOf(clauses)) ?? besideStop(sentence, clauses)
    if (found === undefined) continue
    const { exit, universe, ...rest } = found.clauses
    const keys = Object.keys(rest) as (keyof RuleClauses)[]
    if (found.conditions.length > 0 && !/\bonly\b/i.test(said)) continue
    if (exit === undefined && universe === undefined && keys.length === 0 && found.conditions.length === 0) continue
    if (keys.some((key) => !(REPLACED as readonly string[]).includes(key))) continue
    if (direction !== undefined && found.clauses.rank !== undefined)
      found.clauses.rank = found.clauses.rank.replace(/(asc|desc)$/, direction)
    return applied(clauses, found, { said, instead, beside })
  }
  return undefined
}

/** A size may speak of the stop that is there: it is said to the grammar too, and stays as it is. */
function besideStop(sentence: string, clauses: RuleClauses): Framed | undefined {
  const share = /^entry_price\s*\*\s*([\d.]+)$/.exec(clauses.stop ?? '')?.[1]
  const atr = /^entry_price\s*[-+]\s*([\d.]+)\s*\*\s*entry\(atr\(14\)\)$/.exec(clauses.stop ?? '')?.[1]
  const stop = share ? `${Number(Math.abs(100 - 100 * Number(share)).toPrecision(12))}%` : atr && `${atr} ATR`
  const found = stop && framed(sentence, sideOf(clauses), `Stop loss at ${stop}.`)
  if (!found) return undefined
  const { stop: _there, ...rest } = found.clauses
  return { ...found, clauses: rest }
}

function applied(clauses: RuleClauses, found: Framed, how: { said: string; instead: boolean; beside: boolean }): Edit {
  const { exit, universe, ...rest } = found.clauses
  const notes = [...found.notes]
  if (
    rest.stop !== undefined &&
    clauses.stop === undefined &&
    clauses.trail !== undefined &&
    /\b(change|move|raise|lower|tighten|widen)\b/i.test(how.said)
  )
    throw new Asked(
      `There is no STOP, and a TRAIL: ${clauses.trail}. Is the trailing stop meant, or a stop beside it?`,
      [how.said],
    )
  if (rest.limit !== undefined) chooseTop(clauses, rest.limit)
  let rule: RuleClauses = { ...clauses, ...rest }
  if (rest.stop !== undefined && clauses.size !== undefined && rest.size === undefined)
    notes.push(`SIZE stays as it is: ${clauses.size}`)
  if (exit !== undefined) rule = withExit(rule, parseExpression(exit), how)
  if (universe !== undefined) rule = withUniverse(rule, parseExpression(universe))
  if (found.conditions.length > 0)
    rule = withMore(rule, sideOf(rule) === 'short' ? 'short' : 'signal', found.conditions)
  return done(rule, notes)
}

/** "top 10" beside conditions that choose so many already may be either. */
function chooseTop(clauses: RuleClauses, limit: number): void {
  const chosen = placedConditions(clauses).filter(({ expr }) => expr.kind === 'call' && expr.name === 'top')
  if (chosen.length === 0) return
  throw new Asked(
    `Top ${limit}: ${listed(chosen.map(textOf))} chooses so many already. Is that number to change ("use ${limit} instead of ..."), or is the list to be cut (LIMIT: ${limit})?`,
    [`top ${limit}`],
  )
}

const isHold = (expr: Expr): boolean =>
  expr.kind === 'compare' && expr.operands.some((side) => side.kind === 'name' && side.name === 'bars_held')

function withExit(
  clauses: RuleClauses,
  exit: Expr,
  { said, instead, beside }: { said: string; instead: boolean; beside: boolean },
): RuleClauses {
  const clause = clauseExprs(clauses).find(({ key }) => key === 'exit')
  if (clause === undefined) return withExpr(clauses, { key: 'exit', before: '', after: '' }, exit)
  const ways = clause.expr.kind === 'or' ? clause.expr.parts : [clause.expr]
  const texts = new Set(ways.map(printExpression))
  const more = (exit.kind === 'or' ? exit.parts : [exit]).filter((each) => !texts.has(printExpression(each)))
  if (beside) return more.length === 0 ? clauses : withExpr(clauses, clause, joinedBy('or', [...ways, ...more]))
  // A position is held for one number of days: another one takes its place.
  const held = ways.filter(isHold)
  if (isHold(exit) && held.length === 1 && (ways.length === 1 || !instead))
    return withExpr(
      clauses,
      clause,
      joinedBy(
        'or',
        ways.map((way) => (way === held[0] ? exit : way)),
      ),
    )
  if (instead && ways.length === 1) return withExpr(clauses, clause, exit)
  if (isHold(exit) && held.length === 1)
    return withExpr(
      clauses,
      clause,
      joinedBy(
        'or',
        ways.map((way) => (way === held[0] ? exit : way)),
      ),
    )
  const now = listed(ways.map(printExpression), 'or')
  throw new Asked(
    instead
      ? `"${said}": instead of which way out, ${now}? Or of all of them?`
      : `"${said}": the rule leaves when ${now}. In place of that (say "instead"), or beside it (say "also")?`,
    [said],
  )
}

const kindOf = (expr: Expr): string =>
  ['symbol', 'sector', 'industry', 'index_member', 'mcap', 'raw_close'].find((name) =>
    printExpression(expr).includes(name),
  ) ?? 'other'

/** "only ..." narrows: a filter of the same kind is replaced, others stay. */
function withUniverse(clauses: RuleClauses, universe: Expr): RuleClauses {
  const clause = clauseExprs(clauses).find(({ key }) => key === 'universe') ?? {
    key: 'universe' as const,
    before: '',
    after: '',
  }
  const old = 'expr' in clause ? conditionsOf(clause.expr as Expr) : []
  const next = conditionsOf(universe)
  const kinds = new Set(next.map(kindOf))
  const isPlain = (expr: Expr) => expr.kind === 'name' && (expr.name === 'stocks' || expr.name === 'all')
  if (next.every(isPlain)) return withExpr(clauses, clause, universe)
  const kept = old.filter((each) => !isPlain(each) && !kinds.has(kindOf(each)))
  return withExpr(clauses, clause, joinedBy('and', [...kept, ...next]))
}
