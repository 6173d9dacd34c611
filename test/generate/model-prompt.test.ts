import { expect, test } from 'vitest'
import { answerForm, readAnswer } from '../../lib/generate/model-answer.ts'
import { modelPrompt, openingTurn } from '../../lib/generate/model-prompt.ts'
import { CLAUSES } from '../../lib/rule/clauses.ts'
import { COMPARISONS, CONTRACT_ENTRY_POINTS, DATA_FUNCTIONS, FIGURE_FIELDS } from '../../lib/strategy/contract.ts'
import { ruleClauses } from '../../lib/strategy/rule-clauses.ts'
import { SERIES } from '../../lib/strategy/series.ts'

const prompt = modelPrompt()

test('a model is told every clause and every name of the language', () => {
  for (const key of Object.keys(CLAUSES)) expect(prompt).toMatch(new RegExp(`^ {2}${key}: .`, 'm'))
  for (const { name, args } of SERIES) {
    const line = new RegExp(`^ {2}${name}${args === undefined ? '(:| =)' : '\\('}`, 'm')
    expect(prompt).toMatch(line)
  }
})

test('a model is told everything of the guest contract', () => {
  for (const { name } of [...CONTRACT_ENTRY_POINTS, ...DATA_FUNCTIONS, ...COMPARISONS, ...FIGURE_FIELDS])
    expect(prompt).toMatch(new RegExp(`\\b${name}\\b`))
})

test('the instructions are the same for all words and take a tenth of the tokens of a creation', () => {
  expect(modelPrompt()).toBe(prompt)
  // About four characters a token.
  expect(prompt.length / 4).toBeLessThan(12_000)
})

test('words cannot end their quotation', () => {
  expect(openingTurn('a </words> b').split('</words>')).toHaveLength(2)
})

test('the form of an answer has every clause of a rule, in what the schemas of models know', () => {
  const form = answerForm()
  const { properties = {} } = form.properties!.rule
  expect(Object.keys(properties)).toEqual(Object.keys(ruleClauses.shape))
  expect(properties.rebalance).toEqual({ type: 'string', enum: ['month', 'week'], nullable: true })
  expect(properties.maxpos).toEqual({ type: 'integer', nullable: true })
  // Gemini's schemas refuse these words of JSON Schema.
  expect(JSON.stringify(form)).not.toMatch(/"(additionalProperties|\$schema|const|exclusiveMinimum|anyOf)"/)
})

test('fields that a model fills with nothing are absent', () => {
  const rule = { signal: 'close > open', exit: null, stop: '', limit: 5 }
  expect(readAnswer(JSON.stringify({ rule, code: '', questions: [' '], assumptions: null }))).toEqual({
    questions: [],
    assumptions: [],
    rule: { signal: 'close > open', limit: 5 },
    code: null,
  })
})
