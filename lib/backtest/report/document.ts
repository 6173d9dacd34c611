import { createHash } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import { html, Markup, scriptJson } from './markup.ts'
import { pageData } from './page-data.ts'
import type { ReportParts } from './parts.ts'
import { basisSections, funnelSection, honestySection, toldSection, warningsBox } from './section-basis.ts'
import { headline } from './section-headline.ts'
import { metricsTable } from './section-metrics.ts'
import { curves, distributions, heatMap } from './section-returns.ts'
import { symbolsTable, tradeDialog, tradesTable } from './section-trades.ts'

const CONTENTS: readonly [id: string, text: string][] = [
  ['equity', 'Equity'],
  ['months', 'Months'],
  ['symbols', 'Symbols'],
  ['trades', 'Trades'],
  ['funnel', 'Funnel'],
  ['told', 'Strategy'],
  ['assumptions', 'Assumptions'],
  ['receipt', 'Receipt'],
]

/**
 * The report of a backtest: one HTML document that asks the network for nothing. Its policy lets only its own style and script
 * apply, by their hashes; every text of the result is escaped. The same parts give the same bytes. Throws `internal` when an asset
 * could end its element.
 */
export function reportHtml(parts: ReportParts): string {
  const { result, strategy, assets } = parts
  const { script, style } = assets
  if (/<\/script|<!--/i.test(script) || /<\/style|<!--/i.test(style))
    throw new AppError('internal', 'The script or style of the report holds a tag that would end it. Build again.')
  const cash = cashOf(result.receipt)
  const known = 'value' in strategy ? strategy.value : null
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'`
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${known?.name || `Strategy ${result.strategy_id}`}: backtest report</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header class="top"><span class="brand">Saywhen</span><span class="what">Backtest report</span><nav aria-label="Contents">${CONTENTS.map(([id, text]) => html`<a href="#${id}">${text}</a>`)}</nav><button type="button" id="theme" hidden>Dark</button></header>
<main id="main" tabindex="-1">
${headline(parts)}
${warningsBox(result)}
${curves(result)}
${heatMap(result, cash)}
${distributions(result)}
${honestySection(result)}
${metricsTable(result)}
${symbolsTable(result)}
${tradesTable(parts)}
${funnelSection(parts)}
${toldSection(parts)}
${basisSections(result, known?.assumptions ?? [])}
</main>
<footer><p>Made by Saywhen from the result’s own figures. Past results say little about future ones.</p>
<p>Charts: TradingView Lightweight Charts™, Copyright (c) TradingView, Inc., <a href="https://www.tradingview.com/" rel="noreferrer noopener">https://www.tradingview.com/</a>, Apache License 2.0.</p></footer>
${tradeDialog}
<script type="application/json" id="data">${scriptJson(pageData(parts, cash))}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`
  return document.text
}

/** What a policy calls an inline element by. */
const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

/** Starting cash, as the receipt says. */
function cashOf(receipt: Record<string, unknown>): number | null {
  for (const part of [receipt.settings, receipt.costs]) {
    const cash = (part as { cash?: unknown } | null | undefined)?.cash
    if (typeof cash === 'number') return cash
  }
  return null
}
