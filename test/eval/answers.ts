import type { Understanding } from '../../lib/generate/english/understand.ts'
import { parseRule } from '../../lib/rule/clauses.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { likeness } from './same-rule.ts'

/** A generator of rules: the offline grammar, or a live model behind the same answer. */
export type Understand = (prompt: string) => Understanding | Promise<Understanding>

export const VERDICTS = ['exact', 'not exact', 'asked', 'refused', 'not understood'] as const
export type Verdict = (typeof VERDICTS)[number]

export interface Judged {
  verdict: Verdict
  /** whether it is the answer listed for the prompt */
  right: boolean
  /** how like the rule is to the one listed; 1 when exact, NaN without a rule */
  jaccard: number
  detail: string
}

/**
 * The answer to a prompt against the one listed. Where a rule is listed, a question is "not understood" when it quotes words that
 * were not read and "asked" otherwise; where none is, a question or a refusal is right and any rule is wrong.
 */
export function judge(answer: Understanding, expected: RuleClauses | null): Judged {
  if (answer.kind === 'refused')
    return { verdict: 'refused', right: expected === null, jaccard: Number.NaN, detail: answer.reason }
  if (answer.kind === 'questions') {
    const verdict = expected !== null && answer.notUnderstood.length > 0 ? 'not understood' : 'asked'
    return { verdict, right: expected === null, jaccard: Number.NaN, detail: answer.questions.join(' ') }
  }
  const detail = JSON.stringify(answer.clauses)
  if (expected === null) return { verdict: 'not exact', right: false, jaccard: 0, detail }
  try {
    parseRule(answer.clauses)
  } catch (error) {
    return { verdict: 'not exact', right: false, jaccard: 0, detail: `${detail}: ${(error as Error).message}` }
  }
  const { exact, jaccard, differ } = likeness(answer.clauses, expected)
  return {
    verdict: exact ? 'exact' : 'not exact',
    right: exact,
    jaccard,
    detail: exact ? detail : `${differ.join(', ')} differ: ${detail}`,
  }
}
