import { parseRule } from '../../rule/clauses.ts'
import { ruleWarnings } from '../../rule/warnings.ts'
import type { RuleClauses } from '../../strategy/strategy.ts'
import { write } from './clauses.ts'
import { compose } from './compose.ts'
import { contradiction } from './contradictions.ts'
import { cover } from './cover.ts'
import { english } from './english.ts'
import { normalise } from './normalise.ts'
import { withoutOrders } from './orders-to-the-machine.ts'
import { refusal } from './refusals.ts'
import { withoutUndefined } from './undefined-words.ts'

/** What a prompt was understood as: a rule, questions, or a refusal with its reason. */
export type Understanding =
  | { kind: 'rule'; clauses: RuleClauses; intent: 'screen' | 'backtest' | 'alert'; assumptions: string[] }
  | { kind: 'questions'; questions: string[]; notUnderstood: string[]; assumptions: string[] }
  | { kind: 'refused'; reason: string; offer: string | null }

/** Longer prompts are refused: nobody means a strategy by them, and reading time stays bounded. */
export const MAX_PROMPT = 4000

const grammar = english()
const vocabulary = grammar.vocabulary()

/** Praise says nothing that can be measured. */
const VAGUE =
  /^(good|great|nice|best|promising|hot|winning|winners?|safe|solid|interesting|strong|undervalued|cheap|better|excellent|quality|amazing|profitable|money|potential)$/i

/** Whether all that was not understood is praise ("good stocks"): no other reader can measure it either. */
export const isPraiseOnly = ({ notUnderstood }: { notUnderstood: readonly string[] }): boolean =>
  notUnderstood.length > 0 && notUnderstood.every((words) => words.split(/\s+/).every((word) => VAGUE.test(word)))

/**
 * English as a rule, by a grammar of what traders say. Deterministic; reads every word: what it cannot read is quoted in a
 * question, what it takes for granted is said back, and what cannot be known at the time of a signal is refused.
 */
export function understand(said: string): Understanding {
  const { prompt, notes: scaled } = sharedScale(said)
  if (prompt.trim() === '')
    return {
      kind: 'refused',
      reason: 'The prompt is empty.',
      offer: 'Describe a strategy, for example: "Find stocks that gap up by more than 3% with high volume".',
    }
  if (prompt.length > MAX_PROMPT)
    return {
      kind: 'refused',
      reason: `The prompt has ${prompt.length} characters; at most ${MAX_PROMPT} are read.`,
      offer: 'Say the strategy in a few sentences.',
    }
  const { prompt: strategy, orders } = withoutOrders(prompt)
  const refused = refusal(strategy)
  if (refused) return { kind: 'refused', ...refused }
  const ignored = orders.map((order) => `"${order}" is no part of a strategy and was left out`)

  const { prompt: measured, found: undefinedWords } = withoutUndefined(strategy)
  const { tokens, notes } = normalise(measured, vocabulary)
  const unknown = tokens.filter((token) => token.unknown)
  const known = tokens.filter((token) => !token.unknown)
  const parts = cover(grammar.reader(known))
  const words = new Set(known.map((token) => token.text))
  const composed = compose(parts, words)
  const written = write(composed, [...ignored, ...scaled, ...notes])

  const spans: Place[] = unknown.map(({ start, end }) => ({ start, end, strange: true }))
  for (const part of parts)
    if (!part.phrase) spans.push({ start: known[part.from].start, end: known[part.to - 1].end, strange: false })
  const unread = besideEachOther(spans, strategy).map(({ start, end }) => strategy.slice(start, end))
  const quote = ({ from, to }: { from: number; to: number }) => strategy.slice(known[from].start, known[to - 1].end)
  const questions = [
    ...undefinedWords.map(({ words, question }) => `"${words}" ${question}`),
    ...asked(unread),
    ...composed.unclear.map((one) => `"${quote(one)}": ${one.question}`),
    // without the words not understood the rest may well be a whole rule: what it lacks is asked only when nothing else is
    ...(unread.length || composed.unclear.length || undefinedWords.length ? [] : written.questions),
  ]
  const notUnderstood = [...undefinedWords.map(({ words }) => words), ...unread, ...composed.unclear.map(quote)]
  if (questions.length) return { kind: 'questions', questions, notUnderstood, assumptions: written.assumptions }
  const never =
    contradiction(composed.entries.long) ?? contradiction(composed.entries.short) ?? contradiction(composed.exits.long)
  if (never) return { kind: 'refused', reason: never, offer: JOIN_OR_NAME }
  const warned = impossible(written.clauses)
  if (warned) return { kind: 'refused', reason: warned, offer: JOIN_OR_NAME }
  return { kind: 'rule', clauses: written.clauses, intent: written.intent, assumptions: written.assumptions }
}

const JOIN_OR_NAME = 'Join the two with "or", or name the one that is meant.'

/** Why the rule as written can never be true, or undefined. */
function impossible(clauses: RuleClauses): string | undefined {
  const found = ruleWarnings(parseRule(clauses)).find(
    ({ kind, clause }) => kind === 'contradiction' && ['SIGNAL', 'SHORT', 'UNIVERSE'].includes(clause),
  )
  return found && `${found.message.replace(/\.$/, '')}: the rule would never be true.`
}

/** A place of the prompt that was not read; `strange`: a word of no known meaning. */
interface Place {
  start: number
  end: number
  strange: boolean
}

/** Places in the order of the prompt; strange words beside each other are one place, and so are known ones. */
function besideEachOther(spans: readonly Place[], text: string): Place[] {
  const places: Place[] = []
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = places.at(-1)
    const beside = last && last.strange === span.strange && /^[\s'’"-]*$/.test(text.slice(last.end, span.start))
    if (beside) last.end = Math.max(span.end, last.end)
    else places.push({ ...span })
  }
  return places
}

const RANGE_OF_ONE_SCALE =
  /\b(between|from)\s+(\$?)(\d[\d.,]*)\s+(and|to)\s+\$?(\d[\d.,]*)\s*(k|thousand|m|mn|mm|mio|million|b|bn|billion|t|tn|trillion)\b/gi

/** "between 1 and 5 billion": the scale that stands once belongs to both ends, which is said back. */
function sharedScale(words: string): { prompt: string; notes: string[] } {
  const notes: string[] = []
  const prompt = words.replace(RANGE_OF_ONE_SCALE, (_, word, sign, low, and, high, scale) => {
    notes.push(`"${low} ${and} ${high} ${scale}" is ${low} ${scale} ${and} ${high} ${scale}`)
    return `${word} ${sign}${low} ${scale} ${and} ${sign}${high} ${scale}`
  })
  return { prompt, notes }
}

/** One question for everything that was not read, and one for each word of praise. */
function asked(words: readonly string[]): string[] {
  const vague = words.filter((word) => VAGUE.test(word))
  const strange = words.filter((word) => !VAGUE.test(word)).map((word) => `"${word}"`)
  const list = strange.length > 1 ? `${strange.slice(0, -1).join(', ')} and ${strange.at(-1)}` : strange[0]
  return [
    ...vague.map(
      (word) =>
        `What does "${word}" mean to you, in numbers: a P/E under which value, up by how much over how many days, a new high of how many days?`,
    ),
    ...(strange.length
      ? [`I do not understand ${list} here. What is meant, in prices, volume, indicators or company figures?`]
      : []),
  ]
}
