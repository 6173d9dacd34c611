import { describe, expect, test } from 'vitest'
import { understand } from '../../lib/generate/english/understand.ts'
import { parseRule } from '../../lib/rule/clauses.ts'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'
import { likeness } from '../eval/same-rule.ts'
import * as said from './said/all.ts'
import type { Expected, Said } from './said/said.ts'

const { LATER, ...first } = said

/** Why the answer is not the one expected, or undefined. */
function wrong(prompt: string, expected: Expected): string | undefined {
  const answer = understand(prompt)
  const wanted = typeof expected === 'string' ? { signal: expected } : expected
  if ('ask' in wanted) {
    if (answer.kind === 'rule') return JSON.stringify(answer.clauses)
    return JSON.stringify(answer).toLowerCase().includes(wanted.ask.toLowerCase()) ? undefined : JSON.stringify(answer)
  }
  if ('refuse' in wanted) {
    if (answer.kind === 'rule') return JSON.stringify(answer.clauses)
    const refused = answer.kind === 'refused' && answer.reason.toLowerCase().includes(wanted.refuse.toLowerCase())
    return refused ? undefined : JSON.stringify(answer)
  }
  if (answer.kind !== 'rule') return JSON.stringify(answer)
  parseRule(answer.clauses)
  const clauses: RuleClauses = { timeframe: '1d', universe: 'stocks', ...wanted }
  return likeness(answer.clauses, clauses).exact ? undefined : JSON.stringify(answer.clauses)
}

describe('prompts as traders type them', () => {
  for (const [theme, list] of Object.entries(first))
    test(`${theme.toLowerCase()} become what they mean`, () => {
      expect(list.length).toBeGreaterThan(25)
      for (const [prompt, expected] of list as readonly Said[])
        expect([prompt, wrong(prompt, expected)]).toEqual([prompt, undefined])
    })

  // the readings that are still wrong or missing are many; none may be lost again
  test('of a set written afterwards most are read, and few are misread', () => {
    const misread: string[] = []
    let right = 0
    for (const [prompt, expected] of LATER) {
      const why = wrong(prompt, expected)
      if (why === undefined) right++
      else if (understand(prompt).kind === 'rule') misread.push(prompt)
    }
    expect(right / LATER.length).toBeGreaterThanOrEqual(0.8)
    expect(misread.length).toBeLessThanOrEqual(6)
  })
})
