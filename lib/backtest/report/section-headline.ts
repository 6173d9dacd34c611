import { figure, number, percent, signedPercent, words } from './format.ts'
import { html, type Markup } from './markup.ts'
import type { ReportParts } from './parts.ts'
import type { ReportResult } from './result-shape.ts'

/** The figures on top, in this order, under these names; those a result does not have are left out. */
const KEY_FIGURES: readonly [name: string, label: string][] = [
  ['total_return', 'Total return'],
  ['cagr', 'Return a year'],
  ['annual_volatility', 'Volatility a year'],
  ['max_drawdown', 'Deepest fall'],
  ['sharpe_ratio', 'Sharpe ratio'],
  ['positive_return_rate', 'Trades won'],
  ['average_return', 'Mean signal'],
  ['profit_factor', 'Profit factor'],
  ['exposure', 'Exposure'],
  ['closed_trades', 'Closed trades'],
  ['final_equity', 'Final equity'],
]
const SIGNED = new Set(['total_return', 'cagr', 'average_return'])

/** Verdict, what was tested, and the key figures with their formulas. */
export function headline({ result, strategy }: ReportParts): Markup {
  const known = 'value' in strategy ? strategy.value : null
  const [from, to] = result.summary.date_range
  const { verdict } = result.honesty ?? {}
  const title = known?.name || `Strategy ${result.strategy_id}`
  const facts = [
    `Strategy ${result.strategy_id}${known ? `, version ${known.version}` : ''}`,
    ...(from && to ? [`${from} to ${to}`] : []),
    `${number(result.summary.symbols_processed, 0)} symbols`,
    `${number(result.summary.total_instances, 0)} signals`,
    `${number(result.portfolio.trades.length, 0)} trades`,
  ]
  return html`<section class="head" aria-labelledby="title">
<h1 id="title">${title}</h1>
<p class="sub">${facts.map((fact, i) => html`${i > 0 && html` <span aria-hidden="true">·</span> `}<span>${fact}</span>`)}</p>
<div class="verdict v-${levelOf(verdict?.level)}">
<p class="label">${verdict ? html`Verdict: <strong>${verdict.level || 'given'}</strong>` : 'In figures'}</p>
<p class="words">${verdict?.words ?? plainVerdict(result)}</p>
${verdict && verdict.reasons.length > 0 && html`<ul>${verdict.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`}
</div>
${cardList(cards(result))}
</section>`
}

/** Levels are a small set; anything else looks like none. */
const levelOf = (level: string | undefined) =>
  ['none', 'weak', 'mixed', 'promising'].includes(level ?? '') ? level! : 'plain'

/** In one row, or in two of about the same length. */
function cardList(found: readonly Markup[]): Markup {
  const columns = found.length <= 6 ? Math.max(1, found.length) : Math.ceil(found.length / 2)
  return html`<ul class="cards c-${columns}" aria-label="Key figures">${found}</ul>`
}

function cards(result: ReportResult): Markup[] {
  const metrics = result.performance_metrics
  const found = KEY_FIGURES.filter(([name]) => name in metrics).map(([name, label]) => {
    const value = metrics[name] as number | null
    const text = SIGNED.has(name) ? signedPercent(value) : figure(name, value)
    const definition = metrics.definitions[name]
    const reason = value === null ? (metrics.reasons[name] ?? 'undefined') : null
    const tip = html`${definition ? `${definition.formula} (${definition.frequency}, ${number(definition.periods, 0)} values)` : words(name)}${reason !== null && html`<br>Not available: ${reason}.`}`
    return card(name, label, text, SIGNED.has(name) ? value : null, tip)
  })
  const benchmark = result.benchmark
  if (!benchmark) return found
  const what = benchmark.symbol ?? words(benchmark.kind ?? 'benchmark').toLowerCase()
  const tip = html`the starting cash held in ${what} over the same sessions${benchmark.note !== null && html`: ${benchmark.note}`}`
  const own = card(
    'benchmark',
    `Benchmark, ${what}`,
    signedPercent(benchmark.total_return),
    benchmark.total_return,
    tip,
  )
  return [...found.slice(0, 1), own, ...found.slice(1)]
}

function card(name: string, label: string, text: string, sign: number | null, tip: Markup): Markup {
  const look = sign === null || !/[1-9]/.test(text) ? '' : sign > 0 ? 'up' : 'down'
  return html`<li class="card" tabindex="0" aria-describedby="tip-${name}"><span class="name">${label}</span><span class="value ${look}">${text}</span><span class="tip" role="tooltip" id="tip-${name}">${tip}</span></li>`
}

/** What the figures say where no verdict was given. */
export function plainVerdict({ performance_metrics: metrics, portfolio, summary }: ReportResult): string {
  const value = (name: string) => (typeof metrics[name] === 'number' ? (metrics[name] as number) : null)
  const [from, to] = summary.date_range
  const made = value('total_return')
  if (portfolio.trades.length === 0) return 'No trade was made: there is nothing to judge.'
  const parts = [
    made === null
      ? 'The return is unknown'
      : `${made >= 0 ? 'Gained' : 'Lost'} ${percent(Math.abs(made))}${from && to ? ` from ${from} to ${to}` : ''}`,
    ...(value('max_drawdown') === null ? [] : [`fell by ${percent(value('max_drawdown'))} at worst`]),
    ...(value('sharpe_ratio') === null ? [] : [`Sharpe ratio ${number(value('sharpe_ratio'))}`]),
  ]
  return `${parts.join(', ')}, in ${number(portfolio.trades.length, 0)} ${portfolio.trades.length === 1 ? 'trade' : 'trades'}.`
}
