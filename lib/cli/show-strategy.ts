import type * as z from 'zod'
import { printRule } from '../rule/clauses.ts'
import type { generationAnswer, ProofAnswer, RevisionShown, StrategyShown } from './answers.ts'
import { count } from './numbers.ts'
import { facts, type Paint, plain, table } from './text.ts'

/** A strategy for people: the person's words, the rule, what was assumed, and how far it is proven. */
export function strategyText(strategy: StrategyShown, style: Paint, columns: number): string[] {
  const { strategy_id, version, name, prompt, rule, explanation, assumptions, warnings } = strategy
  const entries: [string, string | string[]][] = []
  if (prompt !== null) entries.push(['You said', `"${prompt}"`])
  const { revision } = strategy
  if (revision?.said) entries.push(['Then said', `"${revision.said}", of version ${revision.of_version}`])
  entries.push(['Rule', rule ? printRule(rule) : 'none: this code says what no formula can'])
  if (explanation.length > 0) entries.push(['It says', explanation])
  if (assumptions.length > 0) entries.push(['Assumed', assumptions])
  if (warnings.length > 0) entries.push(['Beware', warnings])
  if (strategy.generation?.model) entries.push(['Understood by', understoodBy(strategy.generation)])
  return [
    style.bold(plain(`Strategy ${strategy_id}${version > 1 ? ` (version ${version})` : ''}: ${name}`)),
    '',
    ...tinted(facts([...entries, ...proofEntries(strategy.proof)], columns), strategy.proof, style),
    ...differencesText(strategy.proof, style),
  ]
}

/** A model's turns, tokens and cents. */
export function understoodBy(generation: z.infer<typeof generationAnswer>): string {
  const { model, turns, input_tokens, output_tokens, cents } = generation
  const cost = cents === null ? '' : `, ${cents.toPrecision(2)} cents`
  return `${model} in ${turns} ${turns === 1 ? 'turn' : 'turns'}: ${count(input_tokens + output_tokens)} tokens${cost}`
}

/** What a new version changed, clause by clause. */
export function changesText({ of_version, changes }: RevisionShown, style: Paint): string[] {
  return [
    style.bold(`Changed from version ${of_version}:`),
    ...changes.flatMap(({ clause, before, after, removed = [], added = [] }) => {
      const gone = removed.length + added.length > 0 ? removed : before === null ? [] : [before]
      const came = removed.length + added.length > 0 ? added : after === null ? [] : [after]
      return [
        clause,
        ...gone.map((text) => style.bad(plain(`  - ${text}`))),
        ...came.map((text) => style.good(plain(`  + ${text}`))),
      ]
    }),
  ]
}

/** The verdict of the differential test and what it rests on, with the first differences if there are any. */
export function proofText(proof: ProofAnswer, style: Paint, columns: number): string[] {
  return [...tinted(facts(proofEntries(proof), columns), proof, style), ...differencesText(proof, style)]
}

const verdictOf = ({ verdict }: ProofAnswer) => (verdict === 'equal' ? 'rule and code are equal' : verdict)

function proofEntries(proof: ProofAnswer): [string, string][] {
  const tested = [
    ...(proof.window ? [`${proof.window[0]} to ${proof.window[1]}${proof.sampled ? ', a sample' : ''}`] : []),
    ...(proof.ties > 0 ? [`${count(proof.ties)} within the tolerance`] : []),
    `${count(proof.isolated_cells)} evaluated alone`,
    ...(proof.guest_errors > 0 ? [`errors of the code on ${count(proof.guest_errors)}`] : []),
  ].join(', ')
  // The reason tells how many bars were compared and how many are true.
  return [
    ['Proof', `${verdictOf(proof)}: ${proof.reason}`],
    ['', tested],
  ]
}

/** The lines with the verdict in its colour. */
function tinted(lines: string[], proof: ProofAnswer, style: Paint): string[] {
  const verdict = verdictOf(proof)
  const tint = proof.verdict === 'equal' ? style.good : style.bad
  return lines.map((line) => (line.startsWith('Proof') ? line.replace(verdict, () => tint(verdict)) : line))
}

function differencesText(proof: ProofAnswer, style: Paint): string[] {
  if (proof.first_differences.length === 0) return []
  const rows = proof.first_differences.map((d) => [d.symbol, d.date, d.what, d.rule, d.code])
  const titles = ['symbol', 'date', 'what', 'rule says', 'code says'].map((title) => ({ title }))
  const all = proof.differences > rows.length ? `the first ${rows.length} of ${count(proof.differences)}` : 'all'
  return ['', `Differences (${all}):`, ...table(titles, rows, style)]
}
