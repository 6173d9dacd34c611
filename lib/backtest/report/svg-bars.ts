import { niceStep } from './histogram.ts'
import { html, type Markup } from './markup.ts'

/** One bar of a chart: how high, what it is called, and which colour it has. */
export interface DrawnBar {
  height: number
  title: string
  look: 'gain' | 'loss' | 'plain'
  /** a second part on top of the first */
  above?: number
}

interface BarChart {
  title: string
  bars: readonly DrawnBar[]
  /** labels under the axis: before which bar, and the text */
  ticks: readonly { at: number; text: string }[]
  /** before which bar a line stands */
  line?: number
}

const [WIDTH, HEIGHT] = [480, 230]
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 8, 10, 26]

/** Bars over an axis as SVG that scales with its box; heights from 0. */
export function barChart({ title, bars, ticks, line }: BarChart): Markup {
  const most = bars.reduce((max, { height, above = 0 }) => Math.max(max, height + above), 1)
  const step = Math.max(1, niceStep(most / 4))
  const top = Math.ceil(most / step - 1e-9) * step
  const wide = (WIDTH - LEFT - RIGHT) / Math.max(1, bars.length)
  const gap = wide > 6 ? 1.5 : wide > 3 ? 0.6 : 0
  const x = (at: number) => LEFT + at * wide
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)
  const rect = (i: number, from: number, to: number, look: string) =>
    to > from &&
    html`<rect class="b-${look}" x="${fixed(x(i) + gap / 2)}" y="${fixed(y(to))}" width="${fixed(Math.max(0.4, wide - gap))}" height="${fixed(y(from) - y(to))}"/>`
  const levels = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step)
  return html`<svg class="bars" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${levels.map((level) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fixed(y(level))}" y2="${fixed(y(level))}"/><text class="axis" x="${LEFT - 6}" y="${fixed(y(level) + 4)}" text-anchor="end">${String(level)}</text>`)}
${bars.map(({ height, above = 0, title: each, look }, i) => html`<g><title>${each}</title><rect class="hit" x="${fixed(x(i))}" y="${TOP}" width="${fixed(wide)}" height="${HEIGHT - TOP - BOTTOM}"/>${rect(i, 0, height, look)}${rect(i, height, height + above, 'second')}</g>`)}
${line !== undefined && html`<line class="zero" x1="${fixed(x(line))}" x2="${fixed(x(line))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`}
${ticks.map(({ at, text }) => html`<text class="axis" x="${fixed(x(at))}" y="${HEIGHT - 8}" text-anchor="${x(at) > WIDTH - 30 ? 'end' : 'middle'}">${text}</text>`)}
</svg>`
}

const fixed = (value: number) => String(Math.round(value * 100) / 100)
