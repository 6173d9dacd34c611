import type { CrossInput, CrossNode } from '../rule/cross-section.ts'
import type { Standing } from '../rule/explain-bar.ts'

/** Where a symbol stands on a day among the members that each cross-sectional call compares, by the call's canonical text. */
export function standingsOf(
  level: readonly CrossNode[],
  inputs: readonly CrossInput[],
  { symbol, day }: { symbol: string; day: number },
): Map<string, Standing> {
  const found = new Map<string, Standing>()
  for (const [index, node] of level.entries()) {
    const values: number[] = []
    let own = Number.NaN
    for (const input of inputs) {
      const bar = input.at.indexOf(day)
      if (bar < 0 || input.member[bar] !== 1 || Number.isNaN(input.columns[index][bar])) continue
      const value = input.columns[index][bar]
      values.push(value)
      if (input.symbol === symbol) own = value
    }
    if (Number.isNaN(own)) continue
    const larger = values.filter((value) => value > own).length
    const equal = values.filter((value) => value === own).length
    const last = values.sort((a, b) => b - a)[Math.min(node.n, values.length) - 1]
    found.set(node.key, {
      rank: larger + (equal + 1) / 2,
      members: values.length,
      ...(node.name === 'top' && { threshold: last }),
    })
  }
  return found
}
