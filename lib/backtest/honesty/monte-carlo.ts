import { seeded } from '../../core/random.ts'
import { quantile } from './bootstrap.ts'

/** What the same trades might have come to. Fractions; equity in the account's currency. */
export interface MonteCarlo {
  method: string
  samples: number
  seed: number
  trades: number
  /** largest fall of the account from trade to trade, in the order the trades were left */
  observed_drawdown: number
  /** the same trades in other orders */
  drawdown: Percentiles
  probability_of_deeper_drawdown: number
  /** as many trades, drawn from these with replacement */
  final_equity: Percentiles
  probability_of_loss: number
}

export interface Percentiles {
  p5: number
  p50: number
  p95: number
}

const SAMPLES = 1_000
const FEWEST_SAMPLES = 100
/** Trades drawn in all, for each of the two questions: more trades get fewer samples. */
const MOST_DRAWS = 20_000_000
const METHOD =
  "each trade changes the account by its profit as a part of the equity before its entry; drawdowns: the trades in random orders; final equity: as many trades drawn with replacement. Trades that were held at the same time follow one another here, so that the account's own drawdown may differ."

/**
 * Trade-order Monte Carlo. `changes`: what each closed trade did to the account, as a fraction of it, in the order they were left; `cash`
 * at the start. Draws depend on `seed` and the order alone. A reason for fewer than two trades.
 */
export function monteCarlo(changes: readonly number[], cash: number, seed: number): MonteCarlo | { reason: string } {
  if (changes.length < 2) return { reason: 'fewer than two closed trades' }
  const samples = Math.min(SAMPLES, Math.max(FEWEST_SAMPLES, Math.floor(MOST_DRAWS / changes.length)))
  const random = seeded(seed)
  const observed = drawdownOf(changes)
  const drawdowns = new Float64Array(samples)
  const equities = new Float64Array(samples)
  const order = Float64Array.from(changes)
  let deeper = 0
  let losses = 0
  for (let i = 0; i < samples; i++) {
    shuffle(order, random)
    drawdowns[i] = drawdownOf(order)
    if (drawdowns[i] > observed + 1e-12) deeper++
    let growth = 1
    for (let k = 0; k < changes.length; k++) growth *= factor(changes[Math.floor(random() * changes.length)])
    equities[i] = cash * growth
    if (growth < 1) losses++
  }
  return {
    method: METHOD,
    samples,
    seed,
    trades: changes.length,
    observed_drawdown: observed,
    drawdown: percentiles(drawdowns),
    probability_of_deeper_drawdown: deeper / samples,
    final_equity: percentiles(equities),
    probability_of_loss: losses / samples,
  }
}

/** An account that has lost everything stays at nothing. */
const factor = (change: number): number => Math.max(0, 1 + change)

/** Largest fall of the account that starts at 1, without keeping its curve. */
function drawdownOf(changes: ArrayLike<number>): number {
  let equity = 1
  let peak = 1
  let worst = 0
  for (let i = 0; i < changes.length; i++) {
    equity *= factor(changes[i])
    if (equity > peak) peak = equity
    else if (1 - equity / peak > worst) worst = 1 - equity / peak
  }
  return worst
}

/** Fisher and Yates. */
function shuffle(values: Float64Array, random: () => number): void {
  for (let i = values.length - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1))
    const held = values[i]
    values[i] = values[k]
    values[k] = held
  }
}

function percentiles(values: Float64Array): Percentiles {
  values.sort()
  return { p5: quantile(values, 0.05), p50: quantile(values, 0.5), p95: quantile(values, 0.95) }
}
