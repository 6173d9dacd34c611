import type { RuleClauses } from '../../strategy/strategy.ts'
import { Asked, listed } from './asked.ts'
import { conditionsAbout, textOf, withCondition } from './conditions.ts'
import { done, type Edit, type Reader } from './edit.ts'
import { settings } from './settings.ts'

const FORM =
  /^(?:drop|remove|delete|get rid of|take out|take away|leave out|forget(?: about)?|ignore|skip|cut|lose|without|no more|no|don't use|do not use|stop using|eliminate|scrap)\s+(.+)$/i

/** Clauses by the words for them, the longer first. */
const WHOLE: readonly [RegExp, keyof RuleClauses][] = [
  [/^(?:the |a |any )?(?:stop after (?:the )?target)$/i, 'stop_after_target'],
  [/^(?:the |a |any )?(?:trailing[- ]stop(?:[- ]loss)?|trail)$/i, 'trail'],
  [/^(?:the |a |any )?(?:stop(?:[- ]loss)?)$/i, 'stop'],
  [/^(?:the |a |any )?(?:(?:profit |price )?target|take[- ]profit)$/i, 'target'],
  [/^(?:the |a |any )?(?:exit(?: (?:condition|rule))?|exits)$/i, 'exit'],
  [/^(?:the |a |any )?(?:rank(?:ing)?|sort(?:ing)?|order(?:ing)?)$/i, 'rank'],
  [/^(?:the |a |any )?(?:limit|top \d+|result limit)$/i, 'limit'],
  [/^(?:the |a |any )?(?:rebalance|rebalancing)$/i, 'rebalance'],
  [/^(?:the |a |any )?(?:cool-?down|pause)$/i, 'cooldown'],
  [/^(?:the |a |any )?(?:position limit|maximum (?:number )?of positions|max positions)$/i, 'maxpos'],
  [/^(?:the |a |any )?(?:size|sizing|position siz(?:e|ing))$/i, 'size'],
  [/^(?:the |a |any )?(?:short (?:side|entry)|shorts)$/i, 'short'],
  [/^(?:the |a |any )?(?:pair|hedge)$/i, 'pair'],
  [/^(?:the |a |any )?(?:universe(?: (?:filter|restriction|condition))?)$/i, 'universe'],
]

/** "drop the volume condition", "remove the stop", "no exit". */
export const drop: Reader = (words, clauses) => {
  const what = FORM.exec(words)?.[1]
  if (what === undefined) return undefined
  const whole = WHOLE.find(([form]) => form.test(what))
  if (whole !== undefined) {
    const [, key] = whole
    if (clauses[key] === undefined && key === 'stop' && clauses.trail !== undefined)
      throw new Asked(`There is no STOP, and a TRAIL: ${clauses.trail}. Is it the trailing stop that is to go?`, [what])
    if (clauses[key] === undefined)
      throw new Asked(`The rule has no ${key.toUpperCase()}: nothing is to be dropped.`, [what])
    const { [key]: _gone, ...rest } = clauses
    return done(rest)
  }
  const found = conditionsAbout(clauses, what)
  const less = found.length > 0 ? undefined : (severalDropped(clauses, what) ?? settings(`exclude ${what}`, clauses))
  if (less !== undefined) return less
  if (found.length === 0)
    throw new Asked(`Which condition is meant by "${what}"? None of the rule's is known by it.`, [what])
  if (found.length > 1) {
    const all = /\b(all|both|every|any)\b/i.test(what)
    if (!all) throw new Asked(`"${what}" may be ${listed(found.map(textOf), 'or')}. Which one is meant?`, [what])
  }
  const [{ clause, among }] = found
  if (among.length === found.length && (clause.key === 'signal' || clause.key === 'short'))
    throw new Asked(
      `${textOf(found[0])} is all that opens a position: without it nothing is left. What is to open one?`,
      [what],
    )
  return done(found.length === 1 ? withCondition(clauses, found[0], undefined) : withoutAll(clauses, what))
}

/** "the volume condition and the stop": each by itself. */
function severalDropped(clauses: RuleClauses, what: string): Edit | undefined {
  const parts = what.split(/\s*,\s*|\s+and\s+/)
  if (parts.length < 2) return undefined
  return parts.reduce<Edit>((edit, part) => drop(`drop ${part}`, edit.clauses) ?? edit, done(clauses))
}

/** One after the other: each time the rest is looked at anew. */
function withoutAll(clauses: RuleClauses, what: string): RuleClauses {
  let rule = clauses
  for (let found = conditionsAbout(rule, what); found.length > 0; found = conditionsAbout(rule, what))
    rule = withCondition(rule, found[0], undefined)
  return rule
}
