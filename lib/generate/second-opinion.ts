import { isoDay, parseDay, yearsBefore } from '../core/days.ts'
import { parseRule, printRule } from '../rule/clauses.ts'
import { storedSpan } from '../signals/selection.ts'
import type { Proof, RuleClauses } from '../strategy/strategy.ts'
import type { Declined } from './create-answer.ts'
import { bothReadings, opinionJob, sameText } from './opinion.ts'
import type { Draft, TryDeps } from './tried.ts'

/**
 * The question that a second reading of the same words calls for: none where there is no other one, where both are the same text, or
 * where they signal and trade alike on the bars of the proof.
 */
export async function secondOpinion(
  { engine, catalog }: TryDeps,
  { clauses, assumptions }: Draft,
  other: RuleClauses | null,
  { window }: Proof,
): Promise<Declined | undefined> {
  if (clauses === null || other === null || window === null) return undefined
  const rules = [parseRule(clauses), parseRule(other)] as const
  if (sameText(...rules)) return undefined
  const symbols = ((await catalog(rules[0].timeframe))?.symbols ?? []).map((each) => each.symbol)
  const [from, to] = window.map(parseDay)
  const opinion = await engine.run(opinionJob, { rules: [clauses, other], symbols, from, to })
  if (opinion.differences === 0 && opinion.clauses.length === 0) return undefined
  const readings = bothReadings(rules, opinion, window.join(' to '))
  return {
    status: 'questions',
    questions: [
      `The words can be read in two ways; which is meant? ${readings} Say it in other words, or create the one that is meant from its rule.`,
    ],
    not_understood: [],
    assumptions,
    readings: [
      { by: 'gemini', rule: clauses, signals: opinion.signals[0] },
      { by: 'offline', rule: other, signals: opinion.signals[1] },
    ],
  }
}

/** A model's questions with the reading of who understood the words without it: both are for the person to judge. */
export async function withReading(
  { engine, catalog }: TryDeps,
  asked: Declined & { status: 'questions' },
  rule: RuleClauses,
): Promise<Declined> {
  const stored = await catalog(rule.timeframe)
  const span = stored && storedSpan(stored)
  if (!stored || !span) return asked
  const [from, to] = [Math.max(span.first, yearsBefore(span.last, 2)), span.last]
  const all = stored.symbols.map((each) => each.symbol)
  const { signals, symbols } = await engine.run(opinionJob, { rules: [rule, rule], symbols: all, from, to })
  const text = printRule(parseRule(rule)).replaceAll('\n', '; ')
  const where = `on ${symbols} symbols, ${isoDay(from)} to ${isoDay(to)}`
  return {
    ...asked,
    questions: [
      ...asked.questions,
      `Or is this meant, as the words read without the model: ${text} (${signals[0]} signals ${where})? Then create it from this rule.`,
    ],
    readings: [{ by: 'offline', rule, signals: signals[0] }],
  }
}
