import * as z from 'zod'
import { type RuleClauses, ruleClauses } from '../strategy/rule-clauses.ts'
import type { AnswerForm } from './model.ts'

/** What a model answers: a rule, code or both, or questions; always what it took for granted. */
export interface ModelAnswer {
  questions: string[]
  assumptions: string[]
  rule: RuleClauses | null
  code: string | null
}

const MOST_SENTENCES = 20
const SENTENCE_CHARACTERS = 500
const CLAUSE_CHARACTERS = 4_000

const sentences = z
  .array(z.string().max(SENTENCE_CHARACTERS))
  .max(MOST_SENTENCES)
  .nullish()
  .transform((texts) => (texts ?? []).map((text) => text.trim()).filter((text) => text !== ''))

/** A model fills a field it has nothing for with null or an empty text. */
const filled = (clauses: unknown): unknown =>
  typeof clauses !== 'object' || clauses === null || Array.isArray(clauses)
    ? clauses
    : Object.fromEntries(Object.entries(clauses).filter(([, value]) => value !== null && value !== ''))

const answer = z
  .object({
    questions: sentences,
    assumptions: sentences,
    rule: z
      .preprocess(
        filled,
        ruleClauses.refine(
          (clauses) => JSON.stringify(clauses).length <= CLAUSE_CHARACTERS,
          `is longer than ${CLAUSE_CHARACTERS} characters`,
        ),
      )
      .nullish()
      .transform((rule) => (rule === null || rule === undefined || Object.keys(rule).length === 0 ? null : rule)),
    code: z
      .string()
      .nullish()
      .transform((code) => (code === null || code === undefined || code.trim() === '' ? null : code)),
  })
  .refine(
    ({ questions, rule, code }) => questions.length > 0 || rule !== null || code !== null,
    'has no rule, no code and no question: give one of them',
  )

/** Reads a model's text; what is wrong with it is returned as a sentence for the model. */
export function readAnswer(text: string): ModelAnswer | { wrong: string } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { wrong: 'The answer is no JSON, or was cut off. Give the whole JSON object again, and shorter.' }
  }
  const read = answer.safeParse(json)
  if (read.success) return read.data
  const issues = read.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'the answer'} ${message}`)
  return { wrong: `The answer does not have the form that was asked for: ${issues.join('; ')}.` }
}

interface JsonSchema {
  type?: string
  enum?: string[]
  const?: string
  properties?: Record<string, JsonSchema>
}

/** A clause in the form of models, which know no constants. */
function clauseForm({ type, enum: values, const: value }: JsonSchema): AnswerForm {
  const names = values ?? (value === undefined ? undefined : [value])
  return names === undefined
    ? { type: type as AnswerForm['type'], nullable: true }
    : { type: 'string', enum: names, nullable: true }
}

/** The form of a model's answer; its rule has the clauses of every rule. */
export function answerForm(): AnswerForm {
  const { properties = {} } = z.toJSONSchema(ruleClauses) as JsonSchema
  const texts: AnswerForm = { type: 'array', items: { type: 'string' } }
  const order = ['questions', 'assumptions', 'rule', 'code']
  return {
    type: 'object',
    properties: {
      questions: texts,
      assumptions: texts,
      rule: {
        type: 'object',
        nullable: true,
        properties: Object.fromEntries(Object.entries(properties).map(([key, form]) => [key, clauseForm(form)])),
      },
      code: { type: 'string', nullable: true },
    },
    required: order,
    propertyOrdering: order,
  }
}
