import * as z from 'zod'
import type { AlertAnswer, BacktestAnswer, ScreenAnswer } from './answers.ts'
import { count, decimal, percent, significant } from './numbers.ts'
import { funnelsText } from './show-funnel.ts'
import { honestyText } from './show-honesty.ts'
import { type Paint, plain, table } from './text.ts'

const RIGHT = { right: true }

/** The table of a backtest: how often, how good, what a portfolio would have made of it. */
export function backtestText(answer: BacktestAnswer, style: Paint, columns: number): string[] {
  const { summary, performance_metrics: metrics, why_not: none } = answer
  const head: Cell[] = [
    ['instances', count(summary.total_instances)],
    ['hit rate', percent(metrics.hit_rate), 'hit_rate'],
    ['average return', percent(metrics.average_return, 2), 'average_return'],
    ['Sharpe', decimal(metrics.sharpe_ratio), 'sharpe_ratio'],
    ['trades', count(metrics.trades)],
    ['return', percent(metrics.total_return), 'total_return'],
    ['max drawdown', percent(metrics.max_drawdown), 'max_drawdown'],
  ]
  const rest: Cell[] = [
    ['annual return', percent(metrics.annual_return), 'annual_return'],
    ['volatility', percent(metrics.annual_volatility), 'annual_volatility'],
    ['Sortino', decimal(metrics.sortino_ratio), 'sortino_ratio'],
    ['exposure', percent(metrics.exposure), 'exposure'],
    ['profit factor', decimal(metrics.profit_factor), 'profit_factor'],
    ['expectancy', percent(metrics.expectancy, 2), 'expectancy'],
    [`${answer.benchmark?.symbol ?? 'universe'} held`, percent(metrics.buy_and_hold_return), 'buy_and_hold_return'],
    ['beta', decimal(metrics.beta), 'beta'],
  ]
  const [start, end] = summary.date_range
  const span = start === undefined ? '' : `, ${start} to ${end}`
  const symbols = summary.symbols_processed
  const reasons = z.record(z.string(), z.string()).safeParse(metrics.reasons).data ?? {}
  const missing = [...head, ...rest].flatMap(([, , name = '']) => (reasons[name] === undefined ? [] : [name]))
  return [
    style.bold(
      `Backtest of strategy ${answer.strategy_id}${span}, ${count(symbols)} ${symbols === 1 ? 'symbol' : 'symbols'}`,
    ),
    '',
    ...oneRow(head, style),
    ...(metrics.annual_return === undefined ? [] : ['', ...oneRow(rest, style)]),
    ...missing.map((name) => style.dim(plain(`no ${name.replaceAll('_', ' ')}: ${reasons[name]}`))),
    ...honestyText(answer.honesty, style, columns),
    ...(none === undefined ? [] : ['', style.bold('Why there is no signal'), ...funnelsText(none, style, columns)]),
  ]
}

/** A title, its text, and the metric it shows. */
type Cell = [title: string, text: string, name?: string]

const oneRow = (cells: readonly Cell[], style: Paint) =>
  table(
    cells.map(([title]) => ({ title, ...RIGHT })),
    [cells.map(([, text]) => text)],
    style,
  )

/** The ranked list of a screen, at most `most` rows of it. */
export function screenText(answer: ScreenAnswer, style: Paint, most = Number.POSITIVE_INFINITY): string[] {
  const { ranked_results: ranked, universe_size, receipt } = answer
  const day = typeof receipt.as_of === 'string' ? ` on ${receipt.as_of.slice(0, 10)}` : ''
  const head = style.bold(
    `Screen of strategy ${answer.strategy_id}${day}: ${count(ranked.length)} of ${count(universe_size)} symbols`,
  )
  if (ranked.length === 0) return [head, '', 'No symbol passes.']
  const top = ranked.slice(0, most)
  const terms = termsOf(top.map(({ data }) => data))
  return [
    head,
    '',
    ...table(
      [
        { title: '', ...RIGHT },
        { title: 'symbol' },
        { title: 'score', ...RIGHT },
        { title: 'price', ...RIGHT },
        { title: 'sector' },
        ...terms.map((title) => ({ title, ...RIGHT })),
      ],
      top.map(({ symbol, score, current_price, sector, data }, i) => [
        String(i + 1),
        symbol,
        decimal(score),
        decimal(current_price),
        sector ?? '',
        ...terms.map((term) => cell(data[term])),
      ]),
      style,
    ),
    ...more(ranked.length, top.length),
  ]
}

/** Who fires now, at most `most` rows of it. */
export function alertText(answer: AlertAnswer, style: Paint, most = Number.POSITIVE_INFINITY): string[] {
  const { alerts, symbols_monitored } = answer
  const head = style.bold(
    `Alerts of strategy ${answer.strategy_id}: ${count(alerts.length)} of ${count(symbols_monitored)} symbols`,
  )
  if (alerts.length === 0) return [head, '', 'Nothing fires.']
  const top = alerts.slice(0, most)
  const terms = termsOf(top.map(({ data }) => data)).filter((term) => term !== 'current_price')
  return [
    head,
    '',
    ...table(
      [
        { title: 'symbol' },
        { title: 'time' },
        { title: 'priority' },
        { title: 'price', ...RIGHT },
        ...terms.map((title) => ({ title, ...RIGHT })),
      ],
      top.map(({ symbol, timestamp, priority, data }) => [
        symbol,
        timestamp,
        priority,
        decimal(data.current_price),
        ...terms.map((term) => cell(data[term])),
      ]),
      style,
    ),
    ...more(alerts.length, top.length),
  ]
}

const MOST_TERMS = 4

/** Names of the numeric terms, in the order they first appear. */
function termsOf(rows: readonly Record<string, unknown>[]): string[] {
  const names = rows.flatMap((row) => Object.keys(row).filter((name) => typeof row[name] === 'number'))
  return [...new Set(names)].slice(0, MOST_TERMS)
}

const cell = (value: unknown) => (typeof value === 'number' ? significant(value) : '')

const more = (all: number, shown: number) => (all > shown ? [`and ${count(all - shown)} more`] : [])
