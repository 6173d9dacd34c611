import type { Engine } from '../core/engine.ts'
import { AppError } from '../core/errors.ts'
import type { Timeframe } from '../market/bars.ts'
import type { Catalog } from '../market/catalog.ts'
import { importHint } from '../market/import-hint.ts'
import type { MarketSource } from '../market/source.ts'
import type { Expr, Rule } from '../rule/ast.ts'
import { parseRule } from '../rule/clauses.ts'
import { missingFields } from '../rule/figures.ts'
import { contains } from '../rule/tree.ts'
import { ruleWarnings } from '../rule/warnings.ts'
import { writeCode } from '../rule/write-code.ts'
import { referencedSymbols } from '../signals/dependencies.ts'
import { storedSpan } from '../signals/selection.ts'
import type { ScanStrategy } from '../signals/strategy-view.ts'
import type { EntryPoint, Proof, RuleClauses } from '../strategy/strategy.ts'
import { validateCode } from '../strategy/validate.ts'
import { dailyReading } from './english/daily-reading.ts'
import { inspectJob, proveJob } from './inspect.ts'

/** What trying needs: somewhere to run code, and the stored bars. */
export interface TryDeps {
  engine: Engine
  source: MarketSource
  /** the catalog of the stored bars of a size, of daily ones when none is named; undefined when there are none */
  catalog: (timeframe?: Timeframe) => Promise<Catalog | undefined>
}

/** A rule on its way to a strategy, with what was assumed and what must be said about it. */
export interface Draft {
  clauses: RuleClauses | null
  assumptions: string[]
  warnings: string[]
}

/** A draft whose code was proven as far as it can be, or why it can be none. */
export type Tried =
  | { kind: 'proven'; strategy: ScanStrategy; proof: Proof }
  | { kind: 'different'; proof: Proof }
  | { kind: 'never true'; reason: string }

/**
 * Tries a draft: checked, written as code where it has none, validated, run once, proven. Adds to its assumptions and warnings.
 * Throws `bad_rule`, `bad_code`, `no_data`, and whatever limit its code ran into.
 */
export async function tryDraft(deps: TryDeps, draft: Draft, code: string | undefined): Promise<Tried> {
  const rule = draft.clauses === null ? null : await readOnStoredBars(deps, draft, draft.clauses)
  if (rule !== null) {
    for (const warning of ruleWarnings(rule)) {
      const decides = ['SIGNAL', 'SHORT', 'UNIVERSE'].includes(warning.clause)
      if (warning.kind === 'contradiction' && decides) return { kind: 'never true', reason: warning.message }
      draft.warnings.push(warning.message)
    }
  }
  const source = code ?? (rule === null ? undefined : writeCode(rule))
  if (source === undefined) throw new AppError('bad_request', 'Give a prompt, a rule or code.')
  const strategy = await validated(deps, draft, source)
  if (rule !== null) await checkData(deps, rule, draft)

  const catalog = await deps.catalog(rule?.timeframe)
  const proof = await deps.engine.run(proveJob, {
    strategy,
    symbols: catalog?.symbols.map((each) => each.symbol) ?? [],
    span: catalog === undefined ? null : storedSpan(catalog),
  })
  if (proof.verdict === 'different') return { kind: 'different', proof }
  if (proof.guest_errors > 0) {
    draft.warnings.push(
      `When it was created, the code threw an error on ${proof.guest_errors} of the ${proof.cells} bars it was tried on; they count as no signal and are reported.`,
    )
  }
  return { kind: 'proven', strategy, proof }
}

/** Where no bars of a rule's size are stored, it is read on daily bars if that keeps its meaning. */
export async function readOnStoredBars(
  deps: Pick<TryDeps, 'catalog'>,
  draft: Draft,
  clauses: RuleClauses,
): Promise<Rule> {
  const timeframe = clauses.timeframe ?? '1d'
  if (timeframe === '1d' || (await deps.catalog(timeframe)) !== undefined) return parseRule(clauses)
  const daily = dailyReading(clauses)
  if (daily === null) {
    throw new AppError(
      'no_data',
      `This rule needs ${timeframe} bars, and none are stored. ${importHint(timeframe)} On daily bars it would mean something else, so nothing was created.`,
      {
        rule: clauses,
        needs: [`bars_${timeframe}`],
      },
    )
  }
  draft.clauses = daily.clauses
  draft.assumptions.push(daily.says)
  return parseRule(daily.clauses)
}

async function validated(deps: TryDeps, draft: Draft, source: string): Promise<ScanStrategy> {
  const checked = await validateCode(source)
  if ('findings' in checked) {
    const [first] = checked.findings
    const more = checked.findings.length > 1 ? ` (and ${checked.findings.length - 1} more)` : ''
    throw new AppError('bad_code', `Line ${first.line}, column ${first.column}: ${first.reason}${more}`, {
      findings: checked.findings,
    })
  }
  const inspection = await deps.engine.run(inspectJob, { code: checked.code })
  if ('error' in inspection) {
    const { message, line, column } = inspection.error
    const place = line === undefined ? '' : `Line ${line}${column === undefined ? '' : `, column ${column}`}: `
    throw new AppError('bad_code', `${place}${message}`, inspection.error)
  }
  if (draft.clauses !== null) {
    refuseUnproven(draft.clauses, inspection.entryPoints)
    refuseArrays(draft.clauses, checked.historyDays)
  }
  return {
    rule: draft.clauses,
    code: checked.code,
    entry_points: inspection.entryPoints,
    series: inspection.series,
    history_days: checked.historyDays,
  }
}

/** Beside a rule only what the proof compares may run: nothing that the rule says nothing of. */
function refuseUnproven(clauses: RuleClauses, entryPoints: readonly EntryPoint[]): void {
  const clauseOf: Partial<Record<EntryPoint, string | undefined>> = {
    classifySymbol: clauses.signal,
    classifyShort: clauses.short,
    exitPosition: clauses.exit,
    scoreSymbol: clauses.rank,
  }
  const extra = entryPoints.filter((entry) => clauseOf[entry] === undefined)
  if (extra.length === 0) return
  throw new AppError(
    'bad_code',
    `The code exports ${extra.join(', ')}, and the rule has no clause to prove it against (SIGNAL, SHORT, EXIT, RANK). Leave it out, add the clause, or create the code without a rule.`,
    { extra },
  )
}

/** Price arrays are of daily bars: beside a rule on other bars the code reads series. */
function refuseArrays({ timeframe = '1d' }: RuleClauses, historyDays: number): void {
  if (timeframe === '1d' || historyDays === 0) return
  throw new AppError(
    'bad_code',
    `getPriceData and getMultipleSymbolsData give daily bars, and the rule reads ${timeframe} bars: declare series instead, such as highest(high, 20) or on('SPY', close).`,
  )
}

/** Refuses a rule that reads data no stored file holds (`no_data` names it), and warns of symbols without bars. */
export async function checkData(deps: TryDeps, rule: Rule, draft: Draft): Promise<void> {
  const { timeframe } = rule
  const catalog = await deps.catalog(timeframe)
  if (catalog === undefined) return
  const span = storedSpan(catalog)!
  const market = await deps.source.load({ timeframe, from: span.last - 10, to: span.last, lookback: 0 })
  const stored = new Set(catalog.symbols.map((each) => each.symbol))
  const { universe, signal, short, rank, exit, stop, target, stopAfterTarget, trail, size } = rule
  const read = [universe, signal, short, rank?.by].filter((expr) => expr !== undefined)
  const ofPosition = [exit, stop, target?.level, stopAfterTarget, trail, size].filter((expr) => expr !== undefined)
  const figures = missingFields(market, read, ofPosition)
  const symbols = referencedSymbols([...read, ...ofPosition]).filter((symbol) => !stored.has(symbol))
  const premarket = readsPremarket([...read, ...ofPosition]) && !holdsPremarket(catalog) ? ['premarket'] : []
  const needs = [...figures, ...symbols.map((symbol) => `bars_${timeframe}:${symbol}`), ...premarket]
  if (needs.length > 0) {
    const parts = [
      ...(figures.length > 0 ? [`No stored figures hold ${figures.join(', ')} (fundamentals import FILE).`] : []),
      ...(symbols.length > 0
        ? [`No ${barsOf(timeframe)} are stored for ${symbols.join(', ')} (bars import PATH).`]
        : []),
      ...(premarket.length > 0
        ? ['The stored bars hold none of the pre-market: import files that do (04:00 to 09:30 New York).']
        : []),
    ]
    throw new AppError('no_data', `${parts.join(' ')} Import them first; nothing was created.`, {
      rule: rule.clauses,
      needs,
    })
  }
  for (const symbol of namedSymbols(rule).filter((each) => !stored.has(each))) {
    draft.warnings.push(
      `No ${barsOf(timeframe)} are stored for ${symbol}: it cannot be tested or watched until they are imported.`,
    )
  }
}

const barsOf = (timeframe: Timeframe) => (timeframe === '1d' ? 'bars' : `${timeframe} bars`)

const readsPremarket = (exprs: readonly Expr[]) =>
  exprs.some((expr) => contains(expr, (part) => part.kind === 'call' && /^(raw_)?pm_/.test(part.name)))

const holdsPremarket = ({ symbols }: Catalog) =>
  symbols.some(({ premarket }) => premarket?.some((rows) => rows > 0) === true)

/** Symbols that UNIVERSE names. */
function namedSymbols(rule: Rule): string[] {
  const text = rule.clauses.universe ?? ''
  if (!/\bsymbol\b/.test(text)) return []
  return [...text.matchAll(/'([^']*)'/g)].map((match) => match[1])
}
