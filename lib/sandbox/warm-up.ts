import type { GuestSymbol, Sandbox } from './sandbox.ts'

/** Enough for the engine's compiler to have seen what runs often: reads of columns, the loop over bars, copies of windows. */
const BARS = 504
const ROUNDS = { series: 16, prices: 3 }

const SERIES = `const mean = sma(close, 20)
export function classifySymbol(symbol) { return isAbove(close.ago(0), 1.02 * mean.ago(1)) && isAbove(volume.ago(0), volume.ago(1)) }`
const PRICES = `export function classifySymbol(symbol) {
  const { close } = getPriceData(symbol, { days: 20 })
  let sum = 0
  for (let i = 0; i < close.length; i++) sum += close[i]
  return { signal: close[close.length - 1] > sum / close.length, score: sum, data: { sum } }
}`

/**
 * Runs two strategies of our own over invented bars, so that the first stranger's does not pay for the compilation of the engine
 * itself (its code runs several times slower until it was compiled for speed). Takes about a tenth of a second.
 */
export async function warmUp(sandbox: Sandbox & { ready(): Promise<void> }): Promise<void> {
  for (const [code, rounds] of [
    [SERIES, ROUNDS.series],
    [PRICES, ROUNDS.prices],
  ] as const) {
    const opened = sandbox.open(code)
    if ('error' in opened) continue
    const { session } = opened
    for (let i = 0; i < rounds; i++) {
      session.load(inventedSymbol(`WARM${i}`))
      session.classify({ symbol: `WARM${i}`, entry: 'classifySymbol', from: 0, to: BARS })
    }
    session.dispose()
    await sandbox.ready()
  }
}

function inventedSymbol(symbol: string): GuestSymbol {
  const column = (value: (bar: number) => number) => Float64Array.from({ length: BARS }, (_, bar) => value(bar))
  const close = column((bar) => 100 + (bar % 17) - (bar % 5))
  return {
    symbol,
    time: column((bar) => bar * 86_400_000),
    open: close,
    high: close,
    low: close,
    close,
    volume: column((bar) => 1e6 + (bar % 7)),
    cut: false,
    columns: [close],
  }
}
