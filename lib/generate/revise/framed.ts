/** Words read by the grammar of strategies, within a sentence whose own meaning is known: what is more than that is theirs. */

import type { Expr } from '../../rule/ast.ts'
import { conditionsOf } from '../../rule/opened.ts'
import { parseExpression } from '../../rule/parse.ts'
import { printExpression } from '../../rule/print.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'
import { understand } from '../english/understand.ts'

export interface Framed {
  clauses: RuleClauses
  /** conditions beside the frame's own */
  conditions: Expr[]
  notes: string[]
}

export type Side = 'long' | 'short'
const FRAME = { long: 'Buy when the close is above the open.', short: 'Short when the close is below the open.' }
const OWN = { long: 'up()', short: 'down()' }
/** Said of every strategy without an exit, and so of the frame. */
const OF_THE_FRAME = /^no exit is given/

/** What a sentence adds to a strategy of this side; undefined where it is not understood. `context` is said before it, and is no part of that. */
export function framed(sentence: string, side: Side, context = ''): Framed | undefined {
  const understood = understand(`${FRAME[side]} ${context} ${sentence.replace(/[.\s]*$/, '')}.`)
  if (understood.kind !== 'rule') return undefined
  const { timeframe, signal, short, universe, fire: _fire, ...rest } = understood.clauses
  if ((timeframe ?? '1d') !== '1d') return undefined
  const text = side === 'long' ? signal : short
  if (text === undefined || (side === 'long' ? short : signal) !== undefined) return undefined
  const conditions = conditionsOf(parseExpression(text)).filter((each) => printExpression(each) !== OWN[side])
  return {
    clauses: { ...rest, ...(universe !== 'stocks' && universe !== undefined && { universe }) },
    conditions,
    notes: understood.assumptions.filter((note) => !OF_THE_FRAME.test(note)),
  }
}

/** The condition that words are; undefined where they are not one, or say more. */
export function framedCondition(words: string, side: Side): { condition: Expr; notes: string[] } | undefined {
  const verb = side === 'long' ? 'Buy' : 'Short'
  const text = words.replace(/^(?:a|an|the|that|where|when|if|with)\s+/i, '')
  for (const form of [`${verb} when ${text}.`, `${verb} when there is ${text}.`, `${verb} stocks with ${text}.`]) {
    const understood = understand(form)
    if (understood.kind !== 'rule') continue
    const { timeframe, signal, short, universe, fire: _fire, ...rest } = understood.clauses
    const found = side === 'long' ? signal : short
    const more = Object.keys(rest).length > 0 || (universe !== undefined && universe !== 'stocks')
    if ((timeframe ?? '1d') !== '1d' || found === undefined || more) continue
    const notes = understood.assumptions.filter((note) => !OF_THE_FRAME.test(note))
    return { condition: parseExpression(found), notes }
  }
  return undefined
}

/** What of the words the grammar has no reading for, in its own questions. */
export function unread(words: string, side: Side): { questions: string[]; notUnderstood: string[] } {
  const understood = understand(`${FRAME[side]} ${words}.`)
  return understood.kind === 'questions' ? understood : { questions: [], notUnderstood: [] }
}
