import type { GuestSymbol } from '../../lib/sandbox/sandbox.ts'

const DAY = 86_400_000

/** Ten daily bars from 2024-01-02, closing at 21:00 UTC: close 10, 11 .. 19; open a half below, volume 100, 200 .. 1000. */
export function smallSymbol(symbol: string, given: Partial<GuestSymbol> = {}): GuestSymbol {
  const bars = (at: (i: number) => number) => Float64Array.from({ length: 10 }, (_, i) => at(i))
  return {
    symbol,
    time: bars((i) => Date.UTC(2024, 0, 2, 21) + i * DAY),
    open: bars((i) => 9.5 + i),
    high: bars((i) => 10.5 + i),
    low: bars((i) => 9 + i),
    close: bars((i) => 10 + i),
    volume: bars((i) => 100 * (i + 1)),
    cut: false,
    ...given,
  }
}
