import { facts } from './facts.ts'
import { figure, number, words } from './format.ts'
import { html, type Markup } from './markup.ts'
import type { ReportFunnel, ReportParts } from './parts.ts'
import type { ReportResult } from './result-shape.ts'

/** What speaks against the result, before anything that speaks for it. */
export function warningsBox({ warnings }: ReportResult): Markup | null {
  if (warnings.length === 0) return null
  return html`<section class="warnings" aria-labelledby="warnings"><h2 id="warnings">Before you believe it</h2><ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul></section>`
}

/** Tests of the result: luck, order, a part it was not made on, and what it would not survive. */
export function honestySection({ honesty }: ReportResult): Markup | null {
  if (!honesty) return null
  const rest = Object.fromEntries(
    Object.entries(honesty).filter(([name]) => !['verdict', 'claims', 'out_of_sample'].includes(name)),
  )
  if (Object.keys(rest).length === 0) return null
  return html`<section aria-labelledby="honesty"><h2 id="honesty">How far to trust it</h2>${outOfSample(honesty.out_of_sample)}${facts(rest)}</section>`
}

/** The part a strategy was made on beside the part it was not, figure by figure. */
function outOfSample(found: unknown): Markup {
  const { date, words: said, in_sample: early, out_of_sample: late } = (found ?? {}) as Record<string, unknown>
  if (!isRecord(early) || !isRecord(late))
    return html`<p class="note">No part of the days was kept apart: --out-of-sample D does.</p>`
  const cell = (name: string, value: unknown) =>
    html`<td class="num">${typeof value === 'number' ? figure(name, value) : value === null || value === undefined ? 'n/a' : String(value)}</td>`
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Out of sample"><table class="narrow"><caption>${typeof said === 'string' ? said : 'Before and after'}</caption>
<thead><tr><th scope="col">Figure</th><th scope="col" class="num">Before ${typeof date === 'string' && date}</th><th scope="col" class="num">From then on</th></tr></thead>
<tbody>${Object.keys(early).map((name) => html`<tr><th scope="row">${words(name)}</th>${cell(name, early[name])}${cell(name, late[name])}</tr>`)}</tbody></table></div>`
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** How many bars each condition let through, and what became of the signals. */
export function funnelSection({ funnels, result }: ReportParts): Markup {
  const counts = Object.entries(result.portfolio.signals)
  return html`<section aria-labelledby="funnel"><h2 id="funnel">From bars to trades</h2>
${
  'absent' in funnels
    ? html`<p class="note">No funnel of the conditions: ${funnels.absent}</p>`
    : html`${funnels.value.note && html`<p class="note">${funnels.value.note}</p>`}${funnels.value.funnels.map((funnel) => oneFunnel(funnel, funnels.value.bars))}`
}
${
  counts.length > 0 &&
  html`<div class="scroll" role="region" tabindex="0" aria-label="What became of the signals"><table class="narrow"><caption>What became of the signals</caption><thead><tr><th scope="col">Outcome</th><th scope="col" class="num">Signals</th></tr></thead><tbody>${counts.map(([name, count]) => html`<tr><th scope="row">${words(name)}</th><td class="num">${number(count, 0)}</td></tr>`)}</tbody></table></div>`
}
</section>`
}

function oneFunnel({ clause, signals, steps }: ReportFunnel, bars: number | null): Markup {
  const most = Math.max(bars ?? 0, ...steps.map(({ together }) => together), 1)
  const width = (count: number) => String(Math.round((1000 * Math.log1p(count)) / Math.log1p(most)) / 10)
  const row = (what: string | Markup, together: number, alone?: number, without?: number) =>
    html`<tr><th scope="row">${what}</th><td class="num">${number(together, 0)}</td><td class="gauge"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${width(together)}" height="8"/></svg></td><td class="num">${alone === undefined ? '' : number(alone, 0)}</td><td class="num">${without === undefined ? '' : number(without, 0)}</td></tr>`
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Funnel of ${clause}"><table class="funnel"><caption>${clause}: ${number(signals, 0)} bars pass (lengths are logarithmic)</caption>
<thead><tr><th scope="col">Condition</th><th scope="col" class="num">So far</th><th scope="col"><span class="unseen">Length</span></th><th scope="col" class="num">Alone</th><th scope="col" class="num">Without it</th></tr></thead>
<tbody>${bars !== null && row('All bars', bars)}${steps.map((step) => row(html`<code>${step.condition}</code>`, step.together, step.alone, step.without))}</tbody></table></div>`
}

/** The person's words, the rule they became, and the code that ran. */
export function toldSection({ strategy }: ReportParts): Markup {
  if ('absent' in strategy)
    return html`<section aria-labelledby="told"><h2 id="told">What it was told</h2><p class="note">${strategy.absent}</p></section>`
  const { prompt, rule, explanation, code, proof } = strategy.value
  return html`<section aria-labelledby="told"><h2 id="told">What it was told</h2>
${prompt === null ? html`<p class="note">It was given as a rule or as code, not in words.</p>` : html`<blockquote>${prompt}</blockquote>`}
${explanation.length > 0 && html`<h3>What was understood</h3><ul>${explanation.map((line) => html`<li>${line}</li>`)}</ul>`}
<h3>Rule</h3>
${rule === null ? html`<p class="note">No rule expresses this code.</p>` : html`<dl class="rule">${rule.map(([clause, text]) => html`<div><dt>${clause}</dt><dd><code>${text}</code></dd></div>`)}</dl>`}
${proof !== null && html`<p class="note">${proof}</p>`}
<details><summary>The code that ran</summary><pre tabindex="0"><code>${code}</code></pre></details>
</section>`
}

/** Assumptions, claims and receipt. */
export function basisSections(result: ReportResult, own: readonly string[]): Markup {
  const assumptions = [...new Set([...own, ...result.assumptions])]
  const claims = [result.claims, result.honesty?.claims].filter(
    (each): each is Record<string, unknown> => typeof each === 'object' && each !== null && !Array.isArray(each),
  )
  return html`<section aria-labelledby="assumptions"><h2 id="assumptions">Assumptions</h2>${assumptions.length === 0 ? html`<p class="note">None was made.</p>` : html`<ul>${assumptions.map((line) => html`<li>${line}</li>`)}</ul>`}</section>
${claims.length > 0 && claimsSection(claims)}
<section aria-labelledby="receipt"><h2 id="receipt">Receipt</h2>${facts(receiptOf(result))}</section>`
}

function claimsSection(claims: readonly Record<string, unknown>[]): Markup {
  const made = claims.filter((each) =>
    Object.entries(each).some(([name, value]) => name !== 'note' && saysSomething(value)),
  )
  if (made.length === 0)
    return html`<section aria-labelledby="claims"><h2 id="claims">What the strategy claims</h2><p class="note">It claims no result of its own, stamps no other session and keeps no state.</p></section>`
  return html`<section class="claims" aria-labelledby="claims"><h2 id="claims">What the strategy claims</h2><p class="note">No figure of this report is computed from it.</p>${made.map((each) => facts(each))}</section>`
}

/** Whether a count is not 0 or a text not empty, anywhere in it. */
function saysSomething(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(saysSomething)
  return value !== 0 && value !== null && value !== undefined && value !== '' && value !== false
}

const receiptOf = ({ run_id, receipt }: ReportResult): Record<string, unknown> => ({
  ...(run_id !== undefined && { run_id }),
  ...receipt,
})
