import { number, percent, signed, signedPercent } from './format.ts'
import { html, type Markup } from './markup.ts'
import type { ReportParts } from './parts.ts'
import type { ReportResult } from './result-shape.ts'
import { type SymbolRow, symbolRows } from './symbols.ts'

const SYMBOL_COLUMNS: readonly [
  name: string,
  value: (row: SymbolRow) => number | null,
  text: (row: SymbolRow) => string,
][] = [
  ['Signals', (row) => row.signals, (row) => number(row.signals, 0)],
  ['Trades', (row) => row.trades, (row) => number(row.trades, 0)],
  ['Profit', (row) => row.pnl, (row) => signed(row.pnl)],
  ['Won', (row) => row.won, (row) => percent(row.won, 0)],
  ['Mean', (row) => row.meanReturn, (row) => signedPercent(row.meanReturn)],
  ['Best', (row) => row.best, (row) => signedPercent(row.best)],
  ['Worst', (row) => row.worst, (row) => signedPercent(row.worst)],
  ['Bars held', (row) => row.meanBars, (row) => number(row.meanBars, 1)],
]

/** What each symbol brought; the headers sort. */
export function symbolsTable({ portfolio, instances }: ReportResult): Markup {
  const rows = symbolRows(portfolio.trades, instances)
  return html`<section aria-labelledby="symbols">
<h2 id="symbols">Symbols</h2>
${
  rows.length === 0
    ? html`<p class="note">No symbol had a signal.</p>`
    : html`<div class="scroll low" role="region" tabindex="0" aria-label="Symbols"><table class="sortable">
<caption>${number(rows.length, 0)} symbols with a signal or a trade; profit after costs</caption>
<thead><tr><th scope="col" aria-sort="none"><button type="button">Symbol</button></th>${SYMBOL_COLUMNS.map(([name]) => html`<th scope="col" class="num" aria-sort="${name === 'Profit' ? 'descending' : 'none'}"><button type="button">${name}</button></th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr><th scope="row">${row.symbol}</th>${SYMBOL_COLUMNS.map(([name, value, text]) => html`<td class="num${(name === 'Profit' || name === 'Mean') && lookOf(value(row))}" data-v="${String(value(row) ?? '')}">${text(row)}</td>`)}</tr>`)}</tbody>
</table></div>`
}
</section>`
}

const lookOf = (value: number | null) => (value === null || value === 0 ? '' : value > 0 ? ' up' : ' down')

/** The table of trades and the chart of one: filled by the page's script. */
export function tradesTable({ result, bars }: ReportParts): Markup {
  const count = result.portfolio.trades.length
  const notes = 'value' in bars ? bars.value.notes : [`No price charts: ${bars.absent}`]
  return html`<section aria-labelledby="trades">
<h2 id="trades">Trades</h2>
${notes.map((note) => html`<p class="note">${note}</p>`)}
${
  count === 0
    ? html`<p class="note">The portfolio made no trade.</p>`
    : html`<form class="filters" id="filters" role="search" aria-label="Filter trades">
<label>Symbol <input type="search" name="symbol" autocomplete="off" spellcheck="false" size="10"></label>
<label>Side <select name="side"><option value="">both</option><option value="1">long</option><option value="-1">short</option></select></label>
<label>Outcome <select name="outcome"><option value="">all</option><option value="won">won</option><option value="lost">lost</option><option value="open">open</option></select></label>
<label>Exit <select name="reason"><option value="">all</option></select></label>
</form>
<p class="status" id="trades-status" role="status"></p>
<div class="scroll" role="region" tabindex="0" aria-label="Trades"><table id="trades-table">
<caption class="unseen">Trades; open one for its chart</caption><thead></thead><tbody></tbody></table></div>
<nav class="pager" aria-label="Pages of trades"><button type="button" id="page-first">First</button><button type="button" id="page-back">Back</button><span id="page-at"></span><button type="button" id="page-next">Next</button><button type="button" id="page-last">Last</button></nav>`
}
</section>`
}

/** The dialogue in which one trade is shown. */
export const tradeDialog: Markup = html`<dialog id="trade" aria-labelledby="trade-title">
<div class="bar"><h2 id="trade-title"></h2><button type="button" id="trade-back">Previous</button><button type="button" id="trade-next">Next</button><button type="button" id="trade-close" autofocus>Close</button></div>
<div class="chart" id="trade-chart" role="img" aria-labelledby="trade-title trade-note"></div>
<p class="legend" id="trade-legend"></p>
<p class="note" id="trade-note" role="status"></p>
<dl class="facts" id="trade-facts"></dl>
<div class="scroll" role="region" tabindex="0" aria-label="Fills"><table id="trade-fills" class="narrow"><caption>Fills, as traded</caption><thead></thead><tbody></tbody></table></div>
</dialog>`
