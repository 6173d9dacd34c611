import { figure, number, words } from './format.ts'
import { html, type Markup } from './markup.ts'
import type { ReportResult } from './result-shape.ts'

/** Every metric with its formula, frequency and periods; a null one with its reason. */
export function metricsTable({ performance_metrics: metrics }: ReportResult): Markup {
  const names = Object.keys(metrics).filter((name) => name !== 'reasons' && name !== 'definitions')
  const rows = names.flatMap((name) => {
    const value = metrics[name]
    if (value !== null && typeof value !== 'number') return []
    const { formula, frequency, periods } = metrics.definitions[name] ?? {}
    const reason = value === null ? (metrics.reasons[name] ?? 'undefined') : null
    return [
      html`<tr><th scope="row">${words(name)}</th><td class="num">${reason === null ? figure(name, value) : html`<span class="none">n/a</span>`}</td><td>${formula}${reason !== null && html` <span class="why">Not available: ${reason}.</span>`}</td><td>${frequency}</td><td class="num">${typeof periods === 'number' && number(periods, 0)}</td></tr>`,
    ]
  })
  return html`<section aria-labelledby="figures">
<h2 id="figures">Every figure and its formula</h2>
<details><summary>${String(rows.length)} figures</summary>
<div class="scroll" role="region" tabindex="0" aria-label="Every figure"><table class="formulas">
<caption class="unseen">Figures with formula, frequency and number of values</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="num">Value</th><th scope="col">Formula</th><th scope="col">Frequency</th><th scope="col" class="num">Values</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>
</section>`
}
