/** Words become a proven rule by a model: it answers, what it says is tried, and what is found goes back to it. */
import { AppError } from '../core/errors.ts'
import type { Generation, Proof, RuleClauses } from '../strategy/strategy.ts'
import type { Declined } from './create-answer.ts'
import { withoutOrders } from './english/orders-to-the-machine.ts'
import { codeFinding, differenceFinding, errorFinding, neverFires, ruleFinding } from './findings.ts'
import { generationOf, modelFailed, nothingToProveOn, withGeneration } from './generation.ts'
import { isOfTheMoment, type Model, type ModelFailure, type Turn, type TurnUse } from './model.ts'
import { answerForm, type ModelAnswer, readAnswer } from './model-answer.ts'
import { modelPrompt, openingTurn } from './model-prompt.ts'
import { secondOpinion, withReading } from './second-opinion.ts'
import { type Draft, type Tried, type TryDeps, tryDraft } from './tried.ts'

/** What a creation may take of a model. */
export const BUDGET = {
  turns: 4,
  /** of all turns together, in and out; the last one may end above it */
  tokens: 120_000,
  /** of one answer, thoughts included */
  turnTokens: 16_384,
  /** waiting for the model, all turns together: less than a function's time-out */
  ms: 90_000,
  turnMs: 45_000,
}

const SAME = 'This is the same answer again. '

/** Longer answers are not sent back. */
const ECHO_CHARACTERS = 20_000

/** A draft that is proven, or why there is none. */
export type Generated = { status: 'proven'; draft: Draft; tried: Tried & { kind: 'proven' } } | Declined

/** What came of an answer: the end, or what the model is told, and how the creation ends when it can be told no more. */
type Verdict = { end: Generated } | Finding
interface Finding {
  finding: string
  otherwise?: Declined
}

/**
 * Asks a model until its rule is proven, it asks back, or the budget is spent. `offline` is the rule of the grammar where that
 * understood the words too: a rule that means something else becomes a question. Throws `model_failed`, and `no_data`.
 */
export async function withModel(
  deps: TryDeps,
  model: Model,
  prompt: string,
  offline: RuleClauses | null,
): Promise<Generated & { use: TurnUse[] }> {
  const { prompt: words, orders } = withoutOrders(prompt)
  const left = orders.map((order) => `"${order}" is no part of a strategy and was left out`)
  const [system, form] = [modelPrompt(), answerForm()]
  const turns: Turn[] = [{ role: 'user', text: openingTurn(words) }]
  const use: TurnUse[] = []
  const spent = (of: (turn: TurnUse) => number) => use.reduce((sum, turn) => sum + of(turn), 0)
  let last: Finding | undefined
  let said: string | undefined

  while (use.length < BUDGET.turns) {
    const msLeft = BUDGET.ms - spent((turn) => turn.ms)
    const tokensLeft = BUDGET.tokens - spent((turn) => turn.inputTokens + turn.outputTokens)
    if (msLeft <= 0 || tokensLeft <= 0) break
    const reply = await model.ask({
      system,
      turns,
      form,
      outputTokens: Math.min(BUDGET.turnTokens, tokensLeft),
      ms: Math.min(BUDGET.turnMs, msLeft),
    })
    use.push(reply.use)
    const same = last !== undefined && 'text' in reply && reply.text === said
    const verdict =
      'failure' in reply
        ? failed(reply.failure, generationOf(model, use))
        : same
          ? last!
          : await judged(deps, reply.text, offline, left).catch((error) => {
              throw withGeneration(error, generationOf(model, use))
            })
    if ('end' in verdict) return { ...verdict.end, use }
    last = verdict
    said = 'text' in reply ? reply.text : undefined
    if ('text' in reply)
      turns.push({ role: 'model', text: reply.text.slice(0, ECHO_CHARACTERS) }, { role: 'user', text: '' })
    turns[turns.length - 1].text += `\n${same ? SAME : ''}${verdict.finding}\nAnswer again with the whole JSON object.`
  }
  if (last?.otherwise !== undefined) return { ...last.otherwise, use }
  throw modelFailed(
    `The model found no rule that holds in ${use.length} ${use.length === 1 ? 'turn' : 'turns'}; nothing was stored. Say it in other words, or as a rule. The last finding: ${last?.finding ?? 'none.'}`,
    { kind: 'not found', finding: last?.finding ?? null },
    generationOf(model, use),
  )
}

/** An answer that did not come: an error, a refusal, or a further turn. */
function failed(failure: ModelFailure, generation: Generation): Verdict {
  if (isOfTheMoment(failure)) {
    const retry = failure.kind === 'rate limited' ? failure.retryAfterMs : null
    throw modelFailed(
      MOMENT[failure.kind as keyof typeof MOMENT](failure as never),
      { kind: failure.kind, ...(retry !== null && { retry_after_seconds: Math.ceil(retry / 1_000) }) },
      generation,
    )
  }
  switch (failure.kind) {
    case 'blocked':
      return {
        end: {
          status: 'refused',
          reason: `The model would not answer these words (${failure.reason}).`,
          offer: 'Say the strategy in other words, or write it as a rule.',
        },
      }
    case 'truncated':
      return { finding: 'Your answer was cut off: it was too long. Answer shorter, with code null.' }
    default:
      return { finding: 'Your answer was empty.' }
  }
}

const LATER = 'Nothing was stored; try again later, or create it from a rule.'
const MOMENT = {
  'rate limited': ({ retryAfterMs }: ModelFailure & { kind: 'rate limited' }) =>
    `The model takes no more requests at the moment (429)${retryAfterMs === null ? '' : `, for ${Math.ceil(retryAfterMs / 1_000)} s`}. ${LATER}`,
  unavailable: ({ status }: ModelFailure & { kind: 'unavailable' }) =>
    `The model cannot be reached${status === null ? '' : ` (${status})`}. ${LATER}`,
  'timed out': () => `The model did not answer in time. ${LATER}`,
  rejected: ({ status, message }: ModelFailure & { kind: 'rejected' }) =>
    `The model refused the request (${status}): ${message} Check the key (SAYWHEN_GEMINI_KEY) and the model's name (SAYWHEN_GEMINI_MODEL).`,
}

async function judged(
  deps: TryDeps,
  text: string,
  offline: RuleClauses | null,
  left: readonly string[],
): Promise<Verdict> {
  const answer = readAnswer(text)
  if ('wrong' in answer) return { finding: answer.wrong }
  const { questions, rule, code } = answer
  const assumptions = [...left, ...answer.assumptions]
  if (questions.length > 0) {
    const asked = { status: 'questions' as const, questions, not_understood: [], assumptions }
    return { end: offline === null ? asked : await withReading(deps, asked, offline) }
  }
  if (rule === null && offline !== null)
    return { finding: `The rule language can say this, for example: ${JSON.stringify(offline)}. Give a rule.` }

  const draft: Draft = { clauses: rule, assumptions, warnings: [] }
  let tried: Tried
  try {
    tried = await tryDraft(deps, draft, code ?? undefined)
  } catch (error) {
    const finding = findingOf(error, answer)
    if (finding !== undefined) return { finding }
    throw error
  }
  return verdictOn(deps, tried, draft, offline)
}

/** What can be mended about a draft that could not be tried to its end; undefined for what is not the model's. */
function findingOf(error: unknown, { rule, code }: ModelAnswer): string | undefined {
  if (!(error instanceof AppError)) return undefined
  if (error.code === 'bad_rule' && rule !== null) return ruleFinding(error, rule)
  // Daily bars may do; any other data that is missing is for the person to import.
  if (error.code === 'no_data' && (rule?.timeframe ?? '1d') !== '1d')
    return `${error.message} Say it on daily bars, or ask.`
  if (['bad_code', 'limit', 'guest_error'].includes(error.code)) return codeFinding(error, code ?? '', rule !== null)
  return undefined
}

async function verdictOn(deps: TryDeps, tried: Tried, draft: Draft, offline: RuleClauses | null): Promise<Verdict> {
  if (tried.kind === 'never true')
    return {
      finding: `The rule can never be true. ${tried.reason} Where the words themselves say that, ask.`,
      otherwise: { status: 'refused', reason: tried.reason, offer: null },
    }
  const { proof } = tried
  if (tried.kind === 'different') {
    const message = `${proof.reason} Nothing was stored; the first differences show where.`
    return {
      finding: differenceFinding(proof, draft.clauses !== null),
      otherwise: { status: 'different', proof, message },
    }
  }
  if (proof.cells === 0) throw nothingToProveOn()
  if (proof.guest_errors > 0) return { finding: errorFinding(proof, tried.strategy.code) }
  if (neverTrue(tried.strategy.entry_points, proof)) {
    const why = neverFires(proof)
    return {
      finding: `${why} Where you misread the words, mend it; where they say that, ask.`,
      otherwise: {
        status: 'questions',
        questions: [`${why} Which of the numbers is meant otherwise?`],
        not_understood: [],
        assumptions: draft.assumptions,
      },
    }
  }
  const doubt = await secondOpinion(deps, draft, offline, proof)
  if (doubt !== undefined) return { end: doubt }
  if (draft.clauses === null)
    draft.warnings.push('No rule says what this code does, so nothing proves that it means what was said.')
  return { end: { status: 'proven', draft, tried } }
}

/** Whether what decides per symbol was never true; lists of the whole universe are not looked at by the proof. */
const neverTrue = (entryPoints: readonly string[], proof: Proof): boolean =>
  proof.true_cells === 0 && (entryPoints.includes('classifySymbol') || entryPoints.includes('classifyShort'))
