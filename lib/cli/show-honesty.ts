import * as z from 'zod'
import { decimal, percent } from './numbers.ts'
import { type Paint, wrapped } from './text.ts'

const number = z.number().nullable().catch(null)
const honesty = z.looseObject({
  verdict: z.object({ words: z.string(), level: z.string(), reasons: z.array(z.string()) }),
  trials: z.object({ count: z.number() }),
  probabilistic_sharpe: number,
  deflated_sharpe: number,
  mean_trade_interval: z.object({ mean: number, low: number, high: number }).nullable().catch(null),
  monte_carlo: z
    .object({ drawdown: z.object({ p95: number }), probability_of_loss: number })
    .nullable()
    .catch(null),
  out_of_sample: z.object({ date: z.string(), words: z.string() }).nullable().catch(null),
  break_even_slippage_bps: number,
  recheck: z
    .object({ cuts: z.array(z.string()), cells_compared: z.number(), differences_found: z.number() })
    .nullable()
    .catch(null),
})

/** The verdict of a backtest and its chief figures, in a few lines; none for an answer of before there was a verdict. */
export function honestyText(value: unknown, style: Paint, columns: number): string[] {
  const read = honesty.safeParse(value)
  if (!read.success) return []
  const { verdict, trials, mean_trade_interval: interval, monte_carlo: orders, out_of_sample, recheck } = read.data
  const { probabilistic_sharpe, deflated_sharpe, break_even_slippage_bps: bps } = read.data
  const lines = [
    probabilistic_sharpe !== null &&
      `Sharpe is real with probability ${percent(probabilistic_sharpe)}, ${percent(deflated_sharpe)} after ${trials.count} ${trials.count === 1 ? 'strategy' : 'strategies'} tried`,
    interval &&
      `mean trade ${percent(interval.mean, 2)}, 95 % interval ${percent(interval.low, 2)} to ${percent(interval.high, 2)}`,
    bps !== null &&
      (bps > 0
        ? `the profit is gone at ${decimal(bps)} bps of slippage a fill`
        : 'the trades lose even without slippage'),
    orders &&
      `in other orders the trades fall by up to ${percent(orders.drawdown.p95)} (95 %); drawn anew they lose with probability ${percent(orders.probability_of_loss)}`,
    // where it is the reason of the verdict it is said there
    out_of_sample &&
      !verdict.words.includes(out_of_sample.words) &&
      `out of sample from ${out_of_sample.date}: ${out_of_sample.words}`,
    recheck &&
      `future cut off ${recheck.cuts.length} times: ${recheck.differences_found} of ${recheck.cells_compared} decisions differ`,
  ]
  return [
    '',
    ...wrapped(verdict.words, columns).map(style.bold),
    ...verdict.reasons.slice(1).flatMap((reason) => wrapped(`also: ${reason}`, columns)),
    ...lines.flatMap((line) => (typeof line === 'string' ? wrapped(line, columns).map(style.dim) : [])),
  ]
}
