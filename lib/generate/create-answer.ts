import type { Generation, Proof, RuleClauses, Strategy } from '../strategy/strategy.ts'

/** What was asked to be created: words, a rule, code, or a rule with code to prove against it. */
export interface CreateRequest {
  prompt?: string
  rule?: string | RuleClauses
  code?: string
  name?: string
}

/** One of several rules that the same words may mean, and on how many bars it signals. */
export interface Reading {
  by: Generation['generator']
  rule: RuleClauses
  signals: number
}

/** Why nothing was stored; `generation` says what a model took to come to it, where one was asked. */
export type Declined = { generation?: Generation } & (
  | {
      status: 'questions'
      questions: string[]
      not_understood: string[]
      assumptions: string[]
      /** where the question is which of these is meant, or whether this one is */
      readings?: Reading[]
    }
  | { status: 'refused'; reason: string; offer: string | null }
  | { status: 'different'; proof: Proof; message: string }
)

/** The answer to create: a stored strategy, or why nothing was stored. */
export type CreateAnswer = { status: 'created'; strategy: Strategy } | Declined
