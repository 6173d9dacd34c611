import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { ruleChanges } from '../rule/changes.ts'
import { parseRule } from '../rule/clauses.ts'
import type { StrategyStore } from '../strategy/store.ts'
import { type ClauseChange, type RuleClauses, type Strategy, strategyHash } from '../strategy/strategy.ts'
import type { CreateAnswer } from './create-answer.ts'
import { type Draft, type TryDeps, tryDraft } from './tried.ts'

/** What is to change: words, a whole rule, code, or a rule with code to prove against it. */
export interface ReviseRequest {
  change?: string
  rule?: string | RuleClauses
  code?: string
  name?: string
}

export interface ReviseDeps extends TryDeps {
  owner: string
  strategies: Pick<StrategyStore, 'revise'>
  clock: Clock
}

/**
 * A new version of a strategy beside the old one, proven like a creation. Nothing is stored when the change is not clear, changes
 * nothing, or rule and code differ. Throws `bad_rule`, `bad_code`, `no_data`.
 */
export async function reviseStrategy(deps: ReviseDeps, base: Strategy, request: ReviseRequest): Promise<CreateAnswer> {
  const read = await clausesOf(base, request)
  if ('answer' in read) return read.answer
  const { clauses, notes } = read
  const draft: Draft = { clauses, assumptions: assumptionsOf(base, clauses, notes), warnings: [] }
  // A changed rule writes its own code: what somebody wrote for the old one would not say it.
  const code = request.code ?? (clauses === null ? base.code : undefined)
  const rewritten = ruleChanges(base.rule, clauses)
  if (rewritten.length === 0 && request.code === undefined)
    return nothing(
      `That is what version ${base.version} of strategy ${base.strategy_id} says already. Nothing was stored.`,
    )
  const tried = await tryDraft(deps, draft, code)
  if (tried.kind === 'never true') return nothing(tried.reason)
  if (tried.kind === 'different') {
    const message = `${tried.proof.reason} Nothing was stored; the first differences show where.`
    return { status: 'different', proof: tried.proof, message }
  }
  const { strategy, proof } = tried
  const changes = [...ruleChanges(base.rule, strategy.rule), ...codeChange(base, strategy.code, request)]
  if (changes.length === 0)
    return nothing(
      `That is what version ${base.version} of strategy ${base.strategy_id} does already. Nothing was stored.`,
    )
  const stored = await deps.strategies.revise(deps.owner, base.strategy_id, {
    ...strategy,
    name: request.name ?? base.name,
    prompt: base.prompt,
    assumptions: draft.assumptions,
    warnings: draft.warnings,
    proof,
    ...(base.generation && { generation: base.generation }),
    revision: { of_version: base.version, said: request.change ?? null, changes },
    hash: strategyHash(strategy.rule, strategy.code),
    created_at: new Date(deps.clock()).toISOString(),
  })
  return { status: 'created', strategy: stored }
}

const nothing = (reason: string): CreateAnswer => ({ status: 'refused', reason, offer: null })

type Read = { clauses: RuleClauses | null; notes: string[] | null } | { answer: CreateAnswer }

/** The rule of the new version; `notes` null where it is another rule altogether. */
async function clausesOf(base: Strategy, request: ReviseRequest): Promise<Read> {
  if (request.rule !== undefined) return { clauses: parseRule(request.rule).clauses, notes: null }
  if (request.change === undefined) {
    if (request.code === undefined) throw new AppError('bad_request', 'Say what is to change: words, a rule or code.')
    return { clauses: base.rule, notes: [] }
  }
  if (base.rule === null) {
    const reason = `Strategy ${base.strategy_id} is code without a rule: words change rules. Give the new code, or a rule.`
    return { answer: nothing(reason) }
  }
  // The lexicon is read where there are words to look up.
  const { readChange } = await import('./revise/read-change.ts')
  const found = readChange(base.rule, request.change)
  if (found.kind === 'rule') return found
  const { questions, notUnderstood } = found
  return { answer: { status: 'questions', questions, not_understood: notUnderstood, assumptions: [] } }
}

/** What was assumed stays said while it is true of the new rule. */
function assumptionsOf(base: Strategy, clauses: RuleClauses | null, notes: string[] | null): string[] {
  if (notes === null) return []
  const leaves = clauses && (clauses.exit ?? clauses.stop ?? clauses.target ?? clauses.trail ?? clauses.flat)
  const read = clauses === null ? '' : Object.values(clauses).join(' ')
  const kept = base.assumptions.filter((each) => {
    if (leaves && /^no exit is given/.test(each)) return false
    return !GONE.some(([about, needs]) => about.test(each) && !needs.test(read))
  })
  return [...new Set([...kept, ...notes])]
}

/** Assumptions about what a rule no longer reads are true of nothing. */
const GONE: readonly [RegExp, RegExp][] = [
  [/\bvolume\b/i, /volume|rvol/],
  [/\bgap\b/i, /gap\(|open\s*\/\s*close\[1\]/],
  [/\bRSI\b/, /rsi\(/],
  [/\bMACD\b/, /macd/],
  [/\bATR\b/, /atr\(/],
  [/\bADX\b/, /adx\(/],
]

/** Code that a person gave is a change of its own; code that a rule wrote anew is the rule's. */
function codeChange(base: Strategy, code: string, request: ReviseRequest): ClauseChange[] {
  if (request.code === undefined || code === base.code) return []
  const lines = (text: string) => `${text.trimEnd().split('\n').length} lines`
  return [{ clause: 'CODE', before: lines(base.code), after: lines(code) }]
}
