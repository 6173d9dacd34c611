import { isoDay, yearsBefore } from '../core/days.ts'
import type { MarketSource } from '../market/source.ts'
import { funnelSteps } from '../rule/funnel.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { type ScanStrategy, type StrategyView, viewStrategy } from '../signals/strategy-view.ts'
import type { Proof } from '../strategy/strategy.ts'
import { emptyTally, MOST_SHOWN, type Tally } from './proof-compare.ts'
import { compareConstructed } from './proof-constructed.ts'
import { compareStored } from './proof-stored.ts'

export interface ProofRequest {
  strategy: ScanStrategy
  /** every symbol of the data, and its first and last day; null without data */
  symbols: readonly string[]
  span: { first: number; last: number } | null
}

/**
 * The differential test of rule against code: on every (symbol, bar) of the last two years of stored bars (on the whole history
 * when the rule is never true there; a seeded sample of symbols when there are too many cells), and on constructed values
 * around every threshold and window. Without a rule it only checks that the code keeps no state.
 */
export async function prove(request: ProofRequest, source: MarketSource, sandbox: Sandbox): Promise<Proof> {
  const { strategy, symbols, span } = request
  const view = viewStrategy(strategy)
  const stored = emptyTally()
  let window: [string, string] | null = null
  let sampled = false
  if (span !== null && symbols.length > 0) {
    for (const first of [Math.max(span.first, yearsBefore(span.last, 2)), span.first]) {
      Object.assign(stored, emptyTally())
      window = [isoDay(first), isoDay(span.last)]
      sampled = await compareStored({ view, symbols, from: first, to: span.last, source, sandbox, tally: stored })
      if (stored.trueCells > 0 || stored.differences > 0 || first === span.first) break
    }
  }
  const constructed = emptyTally()
  if (view.rule !== null && stored.differences === 0)
    await compareConstructed({ view, source, sandbox, tally: constructed })
  return summarise(view, stored, constructed, window, sampled)
}

function summarise(
  view: StrategyView,
  stored: Tally,
  constructed: Tally,
  window: Proof['window'],
  sampled: boolean,
): Proof {
  const differences = stored.differences + constructed.differences
  const cells = `${stored.cells} bars of ${stored.symbols} symbols`
  let verdict: Proof['verdict'] = 'equal'
  let reason = `Rule and code agree on ${cells}, ${stored.trueCells} of them true, and on ${constructed.cells} constructed cells.`
  if (differences > 0) {
    verdict = 'different'
    reason =
      view.rule === null
        ? 'The code keeps state: bars evaluated alone decide otherwise than in bar order.'
        : `Rule and code differ in ${differences} cells.`
  } else if (view.rule === null) {
    verdict = 'not proven'
    reason = `Code without a rule: nothing to compare it with. It is true on ${stored.trueCells} of ${cells}.`
  } else if (stored.trueCells === 0) {
    verdict = 'not proven'
    reason =
      stored.cells === 0
        ? 'There are no bars to compare on.'
        : `The rule is never true on ${cells}: nothing is proven by agreeing on false.`
  }
  return {
    verdict,
    reason,
    window,
    symbols: stored.symbols,
    cells: stored.cells,
    true_cells: stored.trueCells,
    sampled,
    constructed_cells: constructed.cells,
    constructed_true: constructed.trueCells,
    ties: stored.ties + constructed.ties,
    isolated_cells: stored.isolatedCells + constructed.isolatedCells,
    guest_errors: stored.guestErrors,
    differences,
    first_differences: [...stored.first, ...constructed.first].slice(0, MOST_SHOWN),
    ...(stored.firstError && { first_error: stored.firstError }),
    ...(view.rule !== null && verdict === 'not proven' && { funnel: funnelSteps(view.rule, stored.conditions) }),
  }
}
