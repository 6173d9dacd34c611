/** What was found wrong with a model's rule or code, in words from which it can be mended. */
import type { AppError } from '../core/errors.ts'
import { CLAUSES, type ClauseKey } from '../rule/clauses.ts'
import type { Proof, ProofDifference, RuleClauses } from '../strategy/strategy.ts'

const MOST_LINES = 10
const LINE_CHARACTERS = 400

const cut = (text: string): string => (text.length > LINE_CHARACTERS ? `${text.slice(0, LINE_CHARACTERS)} ...` : text)

/** A refused rule: what is said of it, and the clause with its place marked. */
export function ruleFinding(error: AppError, clauses: RuleClauses): string {
  const { clause, position } = (error.details ?? {}) as { clause?: string; position?: number }
  const key = (Object.keys(CLAUSES) as ClauseKey[]).find((each) => CLAUSES[each].name === clause)
  const text = key === undefined ? undefined : clauses[key]
  const marked =
    typeof text === 'string' && position !== undefined && position <= LINE_CHARACTERS
      ? `\n  ${cut(text)}\n  ${' '.repeat(Math.max(0, position - 1))}^`
      : ''
  return `The rule is refused. ${error.message}${marked}`
}

/** Refused or failing code: every place and reason; and, where the rule stands, that the code alone is to be mended. */
export function codeFinding(error: AppError, code: string, withRule: boolean): string {
  const { findings } = (error.details ?? {}) as { findings?: { line: number; column: number; reason: string }[] }
  const lines = code.split('\n')
  const listed = (findings ?? []).slice(0, MOST_LINES).map(({ line, column, reason }) => {
    const source = lines[line - 1]?.trim()
    return `- line ${line}, column ${column}: ${reason}${source ? ` It reads: ${cut(source)}` : ''}`
  })
  const told = listed.length > 0 ? `\n${listed.join('\n')}` : ` ${cut(error.message)}`
  return `The code ${error.code === 'bad_code' ? 'is refused' : 'failed'}.${told}${withRule ? RULE_STANDS : ''}`
}

const RULE_STANDS = '\nThe rule is fine as it is. Mend the code, or answer code null: then it is written from the rule.'

/**
 * The cells on which rule and code decide differently, with what both say and what the rule reads there; of code alone, those that
 * it decides otherwise when they are evaluated alone.
 */
export function differenceFinding(proof: Proof, withRule: boolean): string {
  if (!withRule) {
    const cells = proof.first_differences.slice(0, MOST_LINES)
    const shown = cells.map(({ symbol, date, rule, code }) => `- ${symbol} ${date}: ${rule}, ${code}`)
    return [`${proof.reason} The first of ${proof.differences}:`, ...shown, 'Keep nothing from bar to bar.'].join('\n')
  }
  const shown = proof.first_differences.slice(0, MOST_LINES).map(cellText)
  return [
    `The rule is valid and the code runs, and they differ on ${proof.differences} of ${proof.cells + proof.constructed_cells} cells; the first:`,
    ...shown,
    'Where the rule says what the words mean, mend the code or answer code null; else mend the rule too.',
  ].join('\n')
}

function cellText({ symbol, date, what, rule, code, inputs = {} }: ProofDifference): string {
  const read = Object.entries(inputs).map(([text, value]) => `${text} = ${value ?? 'undefined'}`)
  return cut(
    `- ${symbol} ${date}, ${what}: the rule says ${rule}, the code ${code}${read.length ? `; there ${read.join(', ')}` : ''}`,
  )
}

/** Code that threw on some bars: on how many, and what it said first. */
export function errorFinding({ guest_errors, cells, first_error }: Proof, code: string): string {
  const many = `The code threw an error on ${guest_errors} of ${cells} bars`
  if (first_error === undefined) return `${many}. A missing number is NaN.`
  const { symbol, date, message, line, column } = first_error
  const place = line === undefined ? '' : `line ${line}${column === undefined ? '' : `, column ${column}`}: `
  const source = line === undefined ? undefined : code.split('\n')[line - 1]?.trim()
  return `${many}, first on ${symbol} ${date}: ${place}${cut(message)}${source ? ` It reads: ${cut(source)}` : ''}\nA missing number is NaN.`
}

/** Why a rule never fires, as a sentence: which of its conditions lets nothing through. */
export function neverFires({ funnel = [], cells, symbols }: Proof): string {
  const bars = `${cells} bars of ${symbols} symbols`
  const alone = funnel.findIndex((step) => step.true_cells === 0)
  if (alone >= 0)
    return `It never fires: condition ${alone + 1} (${cut(funnel[alone].condition)}) is true on 0 of ${bars}.`
  const together = funnel.findIndex((step) => step.together === 0)
  if (together < 0) return `It never fires on ${bars}.`
  const counts = funnel.map((step, i) => `condition ${i + 1} (${cut(step.condition)}) on ${step.true_cells}`)
  return `It never fires on ${bars}: conditions 1 to ${together + 1} are never true together; alone, ${counts.join(', ')}.`
}
