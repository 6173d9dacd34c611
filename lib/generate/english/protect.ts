import type { RuleClauses } from '../../strategy/strategy.ts'
import type { Draft } from './draft.ts'
import { fraction, plain } from './meaning.ts'

/** STOP, TARGET, TRAIL and SIZE; a short sale's lie on the other side of the entry. */
export function protect(clauses: RuleClauses, draft: Draft, notes: string[], questions: string[]): void {
  const sides = clauses.short === undefined ? 1 : clauses.signal === undefined ? -1 : 0
  // a price so many percent better (or worse) than the entry, for whichever side is held
  const away = (percent: number) =>
    sides === 0
      ? `entry_price*(1 ${percent < 0 ? '-' : '+'} side*${fraction(Math.abs(percent))})`
      : `entry_price*${fraction(100 + sides * percent)}`
  const atrs = ({ k, n }: { k: number; n: number }, better: boolean) =>
    sides === 0
      ? `entry_price ${better ? '+' : '-'} side*${plain(k)}*entry(atr(${n}))`
      : `entry_price ${better === (sides === 1) ? '+' : '-'} ${plain(k)}*entry(atr(${n}))`
  if (draft.stop) clauses.stop = draft.stop.d
  if (draft.stopPercent !== undefined) clauses.stop = away(-draft.stopPercent)
  const atr = draft.stopAtr
  if (atr) clauses.stop = atrs(atr, false)

  const risks = (k: number) =>
    draft.stopPercent === undefined ? `entry_price + ${plain(k)}*initial_risk` : away(k * draft.stopPercent)
  if (draft.targetPercent !== undefined) clauses.target = away(draft.targetPercent)
  if (draft.targetAtr) clauses.target = atrs(draft.targetAtr, true)
  if (draft.targetRisks !== undefined) clauses.target = risks(draft.targetRisks)
  if (draft.partial) {
    const { share, percent } = draft.partial
    clauses.target = `${plain(share)}% at ${percent === undefined ? risks(draft.partial.risks!) : away(percent)}`
  }
  if ((draft.partial?.risks !== undefined || draft.targetRisks !== undefined) && !clauses.stop)
    questions.push('A target in multiples of the risk: where is the first stop?')
  if (draft.stopAfterTarget) clauses.stop_after_target = draft.stopAfterTarget
  if (draft.stopAfterTarget && !clauses.target) questions.push('The stop moves after which target?')
  if (draft.trail) clauses.trail = draft.trail
  size(clauses, draft, notes, questions)
}

function size(clauses: RuleClauses, draft: Draft, notes: string[], questions: string[]): void {
  const atr = draft.stopAtr
  const limits: string[] = []
  if (draft.riskPercent !== undefined) {
    const risk = fraction(draft.riskPercent)
    if (atr) limits.push(`${risk}*equity/(${plain(atr.k)}*entry(atr(${atr.n})))`)
    else if (draft.stopPercent !== undefined) limits.push(`${risk}*equity/(${fraction(draft.stopPercent)}*entry_price)`)
    else if (draft.stop && clauses.short === undefined) limits.push(`${risk}*equity/(entry_price - ${draft.stop.d})`)
    else if (draft.stop && clauses.signal === undefined) limits.push(`${risk}*equity/(${draft.stop.d} - entry_price)`)
    else questions.push(`To risk ${plain(draft.riskPercent)} % per trade a stop is needed: where?`)
    notes.push(`the size loses ${plain(draft.riskPercent)} % of equity when the stop is hit`)
  }
  if (draft.weightPercent !== undefined) limits.push(`${fraction(draft.weightPercent)}*equity/entry_price`)
  if (draft.dollars !== undefined) limits.push(`${plain(draft.dollars)}/entry_price`)
  if (limits.length) clauses.size = `floor(${limits.length > 1 ? `min(${limits.join(', ')})` : limits[0]})`
  if (draft.cashBelow && draft.slots) {
    clauses.size = `equity/${draft.slots}/close`
    notes.push(`each of the ${draft.slots} gets an equal part; the part of one below its average stays in cash`)
  }
}
