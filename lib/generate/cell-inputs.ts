import { isoDay } from '../core/days.ts'
import type { Rule } from '../rule/ast.ts'
import { parseExpression } from '../rule/parse.ts'
import { seriesLeaves } from '../rule/write-code.ts'
import type { ScannedSymbol } from '../signals/scan.ts'

/** Series that are shown of one cell at most. */
const MOST_INPUTS = 12

/** What a rule reads on one date of a symbol: its series by their texts; undefined is null. */
export function inputsAt(
  { series, evaluator }: ScannedSymbol,
  rule: Rule,
  date: string,
): Record<string, number | null> {
  const bar = series.day.findIndex((day) => isoDay(day) === date)
  if (bar < 0) return {}
  const inputs: Record<string, number | null> = {}
  for (const text of seriesLeaves(rule).slice(0, MOST_INPUTS)) {
    const value = evaluator.column(parseExpression(text))[bar]
    inputs[text] = Number.isNaN(value) ? null : value
  }
  return inputs
}
