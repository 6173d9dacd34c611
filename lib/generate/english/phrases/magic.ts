import type { Context } from '../draft.ts'

/** The two ranks of the magic formula, among companies where both are defined. */
export function magic(c: Context): void {
  c.draft.rank = 'xrank(where(ev > 0, ebit_ttm/ev))+xrank(where(invested_capital > 0, ebit_ttm/invested_capital)) desc'
  c.draft.magic = true
  c.draft.intent.screen = true
  c.draft.notes.push(
    'the magic formula adds the ranks of EBIT/EV and of EBIT/invested capital, where both are positive',
  )
}
