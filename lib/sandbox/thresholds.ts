import { order } from '../rule/compare.ts'

/** Doubles in ascending order as integers: neighbours differ by one. */
const bits = new BigInt64Array(1)
const double = new Float64Array(bits.buffer)
const SIGN = 2n ** 63n

function rankOf(value: number): bigint {
  double[0] = value
  return bits[0] < 0n ? -(bits[0] + SIGN) : bits[0]
}

function atRank(rank: bigint): number {
  bits[0] = rank < 0n ? -rank - SIGN : rank
  return double[0]
}

/** The least double that is not below the number within the tolerance: `x < least` is then the tolerant comparison, exactly. */
export function leastNotBelow(number: number): number {
  let below = rankOf(number - 2e-9 * Math.abs(number) - 2e-12)
  let reached = rankOf(number)
  while (reached - below > 1n) {
    const middle = (below + reached) / 2n
    if (order(atRank(middle), number) === -1) below = middle
    else reached = middle
  }
  return atRank(reached)
}

/** The greatest double that is not above the number within the tolerance. */
export function greatestNotAbove(number: number): number {
  return -leastNotBelow(-number)
}
