/** A change of a rule, said in words: read whole or asked about, and nothing else changed. */
import { AppError } from '../../core/errors.ts'
import { parseRule } from '../../rule/clauses.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'
import { withoutOrders } from '../english/orders-to-the-machine.ts'
import { add } from './add.ts'
import { Asked, listed } from './asked.ts'
import { drop } from './drop.ts'
import type { Reader } from './edit.ts'
import { sideOf } from './edit.ts'
import { unread } from './framed.ts'
import { level } from './level.ts'
import { restate } from './restate.ts'
import { settings } from './settings.ts'
import { swap } from './swap.ts'
import { singleChanges } from './words.ts'

export type ChangeRead =
  | { kind: 'rule'; clauses: RuleClauses; notes: string[] }
  | { kind: 'questions'; questions: string[]; notUnderstood: string[] }

/** From the most particular to the most general: the first that reads the words decides. */
const READERS: readonly Reader[] = [drop, swap, settingsOfLevels, restate, level, add, settings]

/** Stops and targets have levels of their own kind: no condition is meant by their words. */
function settingsOfLevels(words: string, clauses: RuleClauses) {
  return /\b(stop|target|take[- ]profit|trail|trailing)\b/i.test(words) ? settings(words, clauses) : undefined
}

/** The rule as the words change it; where one of several changes is not clear, none is made. */
export function readChange(rule: RuleClauses, said: string): ChangeRead {
  const { prompt, orders } = withoutOrders(said)
  const notes = orders.map((order) => `"${order}" is no change of a strategy and was left out`)
  const changes = singleChanges(prompt)
  if (changes.length === 0)
    return { kind: 'questions', questions: ['What is to change, such as "change the stop to 5%"?'], notUnderstood: [] }
  let clauses = rule
  for (const words of changes) {
    try {
      const edit = READERS.reduce<ReturnType<Reader>>((found, read) => found ?? read(words, clauses), undefined)
      if (edit === undefined) return notRead(words, clauses)
      clauses = parseRule(edit.clauses).clauses
      notes.push(...edit.notes)
    } catch (error) {
      if (error instanceof Asked)
        return { kind: 'questions', questions: [error.message], notUnderstood: [...error.notUnderstood] }
      if (error instanceof AppError && error.code === 'bad_rule')
        return {
          kind: 'questions',
          questions: [`"${words}" would make no rule: ${error.message}`],
          notUnderstood: [words],
        }
      throw error
    }
  }
  return { kind: 'rule', clauses, notes: [...new Set(notes)] }
}

function notRead(words: string, clauses: RuleClauses): ChangeRead {
  const { notUnderstood } = unread(words, sideOf(clauses))
  const strange = notUnderstood.filter((part) => !VERB_OR_NUMBER.test(part) && !words.startsWith(part))
  const within = strange.length > 0 ? `: ${listed(strange.map((part) => `"${part}"`))}` : ''
  return {
    kind: 'questions',
    questions: [
      `I cannot read "${words}" as a change of this rule${within}. Say one change at a time, such as "change the stop to 5%", "use 50 instead of 30", "add: volume above average", "drop the volume condition".`,
    ],
    notUnderstood: strange.length > 0 ? strange : [words],
  }
}

const VERB_OR_NUMBER = /^(?:[$\d.%x]+|change|make|set|use|put|instead|raise|lower|stop)$/i
