import type { Clock } from '../core/clock.ts'
import { TIMEFRAMES } from '../market/bars.ts'
import { parseRule } from '../rule/clauses.ts'
import type { StrategyStore } from '../strategy/store.ts'
import { type Generation, type RuleClauses, strategyHash } from '../strategy/strategy.ts'
import { beforeOpenReading } from './before-open.ts'
import type { CreateAnswer, CreateRequest } from './create-answer.ts'
import { generationOf, nothingToProveOn, OFFLINE } from './generation.ts'
import type { Model } from './model.ts'
import { checkData, type Draft, readOnStoredBars, type Tried, type TryDeps, tryDraft } from './tried.ts'

export type { CreateAnswer, CreateRequest } from './create-answer.ts'

export interface CreateDeps extends TryDeps {
  /** whose strategy it becomes */
  owner: string
  strategies: Pick<StrategyStore, 'create'>
  clock: Clock
  /** whom words are given to beside the grammar; asked for only when there are words. Absent or undefined: the grammar alone */
  model?: () => Promise<Model | undefined>
}

/**
 * Words, a rule or code become a strategy version: understood, checked, written as code, validated, proven, stored. Nothing is
 * stored when there is a question, a refusal or a difference between rule and code. Throws `bad_rule`, `bad_code`, `no_data`,
 * `model_failed`.
 */
export async function createStrategy(deps: CreateDeps, request: CreateRequest): Promise<CreateAnswer> {
  const { prompt, rule, code } = request
  if (prompt !== undefined && rule === undefined && code === undefined) return fromWords(deps, request, prompt)
  const clauses = rule === undefined ? null : parseRule(rule).clauses
  return stored(deps, request, { clauses, assumptions: [], warnings: [] })
}

/** What the grammar refuses is not given to a model: no reader makes the future known, missing data stored, or praise a measure. */
async function fromWords(deps: CreateDeps, request: CreateRequest, prompt: string): Promise<CreateAnswer> {
  // The lexicon is read where there are words to look up.
  const { isPraiseOnly, understand } = await import('./english/understand.ts')
  const understood = understand(prompt)
  if (understood.kind === 'refused') return { status: 'refused', reason: understood.reason, offer: understood.offer }
  const offline = understood.kind === 'rule' ? draftOf(understood.clauses, understood.assumptions) : null
  const model = understood.kind === 'questions' && isPraiseOnly(understood) ? undefined : await deps.model?.()
  if (model !== undefined)
    return fromModel(deps, request, prompt, model, offline && (await storedReading(deps, offline)))
  if (offline !== null) return stored(deps, request, offline, OFFLINE)
  const { questions, notUnderstood, assumptions } = understood as typeof understood & { kind: 'questions' }
  return { status: 'questions', questions, not_understood: notUnderstood, assumptions }
}

function draftOf(understood: RuleClauses, assumptions: readonly string[]): Draft {
  const { clauses, says } = beforeOpenReading(understood)
  return { clauses, assumptions: [...assumptions, ...(says === undefined ? [] : [says])], warnings: [] }
}

/** A reading as it is on stored bars. Throws `no_data` where the words need bars or figures that are not stored: whoever reads them. */
async function storedReading(deps: CreateDeps, { clauses }: Draft): Promise<RuleClauses> {
  const draft: Draft = { clauses, assumptions: [], warnings: [] }
  const rule = await readOnStoredBars(deps, draft, clauses!)
  await checkData(deps, rule, draft)
  return rule.clauses
}

async function fromModel(
  deps: CreateDeps,
  request: CreateRequest,
  prompt: string,
  model: Model,
  offline: RuleClauses | null,
): Promise<CreateAnswer> {
  if (!(await hasBars(deps))) throw nothingToProveOn()
  const { withModel } = await import('./with-model.ts')
  const { use, ...generated } = await withModel(deps, model, prompt, offline)
  const generation = generationOf(model, use)
  if (generated.status !== 'proven') return { ...generated, generation }
  return store(deps, request, generated.draft, generated.tried, generation)
}

/** Whether bars of any size are stored. */
async function hasBars({ catalog }: Pick<CreateDeps, 'catalog'>): Promise<boolean> {
  for (const timeframe of TIMEFRAMES) if (((await catalog(timeframe))?.symbols.length ?? 0) > 0) return true
  return false
}

/** Tries a draft and stores what is proven. */
async function stored(
  deps: CreateDeps,
  request: CreateRequest,
  draft: Draft,
  generation?: Generation,
): Promise<CreateAnswer> {
  const tried = await tryDraft(deps, draft, request.code)
  if (tried.kind === 'never true') return { status: 'refused', reason: tried.reason, offer: null }
  if (tried.kind === 'proven') return store(deps, request, draft, tried, generation)
  const message = `${tried.proof.reason} Nothing was stored; the first differences show where.`
  return { status: 'different', proof: tried.proof, message }
}

async function store(
  deps: CreateDeps,
  request: CreateRequest,
  { assumptions, warnings }: Draft,
  { strategy, proof }: Tried & { kind: 'proven' },
  generation?: Generation,
): Promise<CreateAnswer> {
  const created = await deps.strategies.create(deps.owner, {
    ...strategy,
    name: request.name ?? defaultName(request, strategy.entry_points),
    prompt: request.prompt ?? null,
    assumptions,
    warnings,
    proof,
    ...(generation && { generation }),
    hash: strategyHash(strategy.rule, strategy.code),
    created_at: new Date(deps.clock()).toISOString(),
  })
  return { status: 'created', strategy: created }
}

function defaultName(request: CreateRequest, entryPoints: readonly string[]): string {
  if (request.prompt !== undefined) return request.prompt.trim().replace(/\s+/g, ' ').slice(0, 60)
  if (typeof request.rule === 'string') return request.rule.trim().replace(/\s+/g, ' ').slice(0, 60)
  return request.rule?.signal?.slice(0, 60) ?? entryPoints.join(', ')
}
