import { number, percent, signed, signedPercent } from './format.ts'
import { histogram } from './histogram.ts'
import { html, type Markup } from './markup.ts'
import { heat, yearsOfReturns } from './months.ts'
import type { ReportDrawdown, ReportResult } from './result-shape.ts'
import { barChart } from './svg-bars.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The account against its benchmark, and how far below its peak it was; drawn by the page's script. */
export function curves(result: ReportResult): Markup {
  const { date, equity, benchmark } = result.portfolio.equity_curve
  const compared = benchmark?.some((value) => value !== null) === true
  const [first, last] = [equity[0], equity.at(-1)]
  const spoken = `Equity from ${number(first, 0)} on ${date[0] ?? 'no day'} to ${number(last, 0)} on ${date.at(-1) ?? 'no day'}, and the fall from its peak below.`
  return html`<section aria-labelledby="equity">
<h2 id="equity">Equity${compared && ' against benchmark'}</h2>
<p class="legend"><span class="key k-equity">Equity</span>${compared && html`<span class="key k-benchmark">Benchmark${result.benchmark?.symbol && html`, ${result.benchmark.symbol}`}</span>`}<span class="key k-drawdown">Drawdown</span><button type="button" id="scale" aria-pressed="false">Log scale</button></p>
<p class="reading" id="reading" aria-hidden="true"></p>
<div class="chart tall" id="curve" role="img" aria-label="${spoken}"></div>
<noscript><p class="note">The charts and the table of trades need this page’s own script.</p></noscript>
${!compared && html`<p class="note">This result has no benchmark.</p>`}
${drawdowns(result.portfolio.drawdowns)}
</section>`
}

function drawdowns(found: readonly ReportDrawdown[] | undefined): Markup | null {
  if (found === undefined || found.length === 0) return null
  return html`<details><summary>The ${found.length === 1 ? 'deepest drawdown' : `${found.length} deepest drawdowns`}</summary>
<div class="scroll" role="region" tabindex="0" aria-label="Drawdowns"><table><caption class="unseen">Drawdowns, deepest first</caption>
<thead><tr><th scope="col" class="num">Depth</th><th scope="col">Peak</th><th scope="col">Trough</th><th scope="col">Recovered</th><th scope="col" class="num">Sessions</th><th scope="col" class="num">Days</th></tr></thead>
<tbody>${found.map((each) => html`<tr><td class="num">${percent(each.depth)}</td><td>${each.peak_date}</td><td>${each.trough_date}</td><td>${each.recovery_date ?? 'not yet'}</td><td class="num">${number(each.sessions, 0)}</td><td class="num">${number(each.days, 0)}</td></tr>`)}</tbody></table></div></details>`
}

/** Years by months; the sign is written, the colour only repeats it. */
export function heatMap(result: ReportResult, cash: number | null): Markup {
  const years = yearsOfReturns(result, cash)
  const cell = (value: number | null) =>
    html`<td class="${heat(value)}">${value === null ? html`<span class="unseen">none</span>` : signed(value * 100, Math.abs(value) < 0.0995 ? 1 : 0)}</td>`
  return html`<section aria-labelledby="months">
<h2 id="months">Return by month</h2>
${
  years.length === 0
    ? html`<p class="note">No session, no month.</p>`
    : html`<div class="scroll" role="region" tabindex="0" aria-label="Return by month"><table class="heat"><caption>Percent, by year and month</caption>
<thead><tr><th scope="col">Year</th>${MONTHS.map((month) => html`<th scope="col">${month}</th>`)}<th scope="col" class="total">Year</th></tr></thead>
<tbody>${years.map(({ year, months, total }) => html`<tr><th scope="row">${year}</th>${months.map(cell)}<td class="total ${heat(total)}">${total === null ? '' : signed(total * 100, 1)}</td></tr>`)}</tbody></table></div>`
}
</section>`
}

/** How the trades ended, and when signals came. */
export function distributions(result: ReportResult): Markup {
  const returns = result.portfolio.trades.map((trade) => trade.return).filter((value) => value !== null)
  return html`<div class="pair">
<section aria-labelledby="distribution"><h2 id="distribution">Returns of trades</h2>${tradeHistogram(returns)}</section>
<section aria-labelledby="signals"><h2 id="signals">Signals per month</h2>${signalsByMonth(result)}</section>
</div>`
}

function tradeHistogram(returns: readonly number[]): Markup {
  const bins = histogram(returns)
  if (bins.length === 0) return html`<p class="note">No trade.</p>`
  const sorted = [...returns].sort((a, b) => a - b)
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length
  const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
  const width = bins[0].to - bins[0].from
  const decimals = width < 0.001 ? 2 : width < 0.01 ? 1 : 0
  const zero = bins.findIndex(({ from }) => from > -width / 2)
  const every = Math.ceil(bins.length / 7)
  const edges = Array.from({ length: bins.length + 1 }, (_, at) => at)
    .filter((at) => (at - zero) % every === 0)
    .map((at) => ({ at, text: `${signed((at - zero) * width * 100, decimals)} %` }))
  const spoken = `${returns.length} trades: mean ${signedPercent(mean)}, median ${signedPercent(median)}`
  return html`${barChart({
    title: spoken,
    bars: bins.map(({ from, to, count }, i) => ({
      height: count,
      look: to <= width / 2 ? 'loss' : 'gain',
      title: `${i === 0 ? 'below' : signedPercent(from, decimals + 1)}${i === 0 ? '' : ' to'} ${i === bins.length - 1 && i > 0 ? 'and more' : signedPercent(to, decimals + 1)}: ${count} ${count === 1 ? 'trade' : 'trades'}`,
    })),
    ticks: edges,
    line: zero,
  })}<p class="note">${spoken}, from ${signedPercent(sorted[0])} to ${signedPercent(sorted.at(-1))}. The outermost bars hold all beyond them.</p>`
}

function signalsByMonth({ instances, summary, portfolio }: ReportResult): Markup {
  const signals = instances.filter(({ classification, date }) => classification && /^\d{4}-\d{2}/.test(date))
  if (signals.length === 0) return html`<p class="note">No signal.</p>`
  const count = new Map<string, { long: number; short: number }>()
  const sessions = portfolio.equity_curve.date
  const [start, end] = sessions.length > 0 ? [sessions[0], sessions.at(-1)] : summary.date_range
  const ordered = signals.map(({ date }) => date.slice(0, 7)).sort()
  for (const month of monthsBetween(start?.slice(0, 7) || ordered[0], end?.slice(0, 7) || ordered.at(-1)!))
    count.set(month, { long: 0, short: 0 })
  for (const { date, side } of signals) {
    const month = date.slice(0, 7)
    const own = count.get(month) ?? { long: 0, short: 0 }
    own[side]++
    count.set(month, own)
  }
  const months = [...count].sort(([a], [b]) => (a < b ? -1 : 1))
  const shorts = signals.some(({ side }) => side === 'short')
  const stride = Math.ceil(months.length / 12 / 8)
  const ticks = months.flatMap(([month], at) =>
    month.endsWith('-01') && Number(month.slice(0, 4)) % Math.max(1, stride) === 0
      ? [{ at: at + 0.5, text: month.slice(0, 4) }]
      : [],
  )
  return html`${barChart({
    title: `${signals.length} signals over ${months.length} months`,
    bars: months.map(([month, { long, short }]) => ({
      height: long,
      above: short,
      look: 'plain',
      title: `${month}: ${long}${shorts ? ` long, ${short} short` : ` ${long === 1 ? 'signal' : 'signals'}`}`,
    })),
    ticks:
      ticks.length > 0
        ? ticks
        : months.map(([month], at) => ({ at: at + 0.5, text: month })).filter((_, i) => i % 3 === 0),
  })}<p class="note">${number(signals.length, 0)} signals in ${months.filter(([, { long, short }]) => long + short > 0).length} of ${months.length} months${shorts && '; shorts stand on top'}.</p>`
}

function* monthsBetween(first: string, last: string): Generator<string> {
  let [year, month] = first.split('-').map(Number)
  for (let k = 0; k < 1_200; k++) {
    const text = `${year}-${String(month).padStart(2, '0')}`
    if (text > last) return
    yield text
    if (month === 12) year++
    month = (month % 12) + 1
  }
}
