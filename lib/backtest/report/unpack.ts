import { VarintReader } from './varints.ts'

/** A symbol's bars as traded, one entry per bar. */
export interface UnpackedBars {
  /** days, or New York minutes, since 1970 */
  stamp: number[]
  open: number[]
  high: number[]
  low: number[]
  close: number[]
  /** F: price / F is split-adjusted */
  factor: number[]
}

/** Bars out of the inflated bytes of a packed symbol; throws RangeError when they are cut off. */
export function unpacked(
  bytes: Uint8Array,
  { n, e, f }: { n: number; e: number; f: [number, number][] },
): UnpackedBars {
  const numbers = new VarintReader(bytes)
  const column = () => Array.from({ length: n }, () => numbers.next())
  const [steps, gaps, above, below, bodies] = [column(), column(), column(), column(), column()]
  const unit = 10 ** e
  const bars: UnpackedBars = { stamp: [], open: [], high: [], low: [], close: [], factor: [] }
  let stamp = 0
  let last = 0
  let run = -1
  for (let i = 0; i < n; i++) {
    stamp += steps[i]
    const open = last + gaps[i]
    const close = open + bodies[i]
    last = close
    if (run + 1 < f.length && f[run + 1][0] === i) run++
    bars.stamp.push(stamp)
    bars.open.push(open / unit)
    bars.high.push((Math.max(open, close) + above[i]) / unit)
    bars.low.push((Math.min(open, close) - below[i]) / unit)
    bars.close.push(close / unit)
    bars.factor.push(f[run]?.[1] ?? 1)
  }
  return bars
}
