import { AreaSeries, LineSeries, type SingleValueData, type WhitespaceData } from 'lightweight-charts'
import { number, signedPercent } from '../format.ts'
import type { PageData } from '../page-data.ts'
import { makeChart } from './chart.ts'
import { byId } from './elements.ts'
import { colour } from './theme.ts'

/** Fall from the highest value so far as a fraction, 0 or below; the start counts as one. */
function fallsOf(values: readonly (number | null)[], start: number | null): (number | null)[] {
  let peak = start ?? 0
  return values.map((value) => {
    if (value === null) return null
    peak = Math.max(peak, value)
    return peak > 0 ? value / peak - 1 : null
  })
}

/** Equity against benchmark, and the drawdown under it, over one axis of time. */
export function drawCurve({ curve, cash }: PageData): void {
  const box = byId('curve')
  if (curve.date.length === 0) {
    box.hidden = true
    return
  }
  const falls = fallsOf(curve.equity, cash)
  const points = (values: readonly (number | null)[]): (SingleValueData | WhitespaceData)[] =>
    values.map((value, i) => (value === null ? { time: curve.date[i] } : { time: curve.date[i], value }))
  const chart = makeChart(box, () => paint())
  const money = { type: 'custom' as const, formatter: (value: number) => number(value, 0), minMove: 1 }
  const share = { type: 'custom' as const, formatter: (value: number) => signedPercent(value, 1), minMove: 0.001 }
  const plain = { priceLineVisible: false, lastValueVisible: false, lineWidth: 2 as const }
  const benchmark = curve.benchmark && chart.addSeries(LineSeries, { ...plain, lineWidth: 1, priceFormat: money })
  const equity = chart.addSeries(AreaSeries, { ...plain, priceFormat: money })
  const fall = chart.addSeries(AreaSeries, { ...plain, lineWidth: 1, priceFormat: share, invertFilledArea: true }, 1)
  const paint = () => {
    const accent = colour('accent')
    equity.applyOptions({ lineColor: accent, topColor: `${accent}2e`, bottomColor: `${accent}05` })
    benchmark?.applyOptions({ color: colour('second') })
    const loss = colour('fall')
    fall.applyOptions({ lineColor: loss, topColor: `${loss}3d`, bottomColor: `${loss}3d` })
  }
  equity.setData(points(curve.equity))
  benchmark?.setData(points(curve.benchmark!))
  fall.setData(points(falls))
  // no fall is above 0: it stands at the top of its pane
  chart.priceScale('right', 1).applyOptions({ scaleMargins: { top: 0.07, bottom: 0.08 } })
  chart.panes()[0].setStretchFactor(3)
  chart.panes()[1]?.setStretchFactor(1)
  chart.timeScale().fitContent()
  paint()

  const scale = byId<HTMLButtonElement>('scale')
  scale.addEventListener('click', () => {
    const log = scale.getAttribute('aria-pressed') !== 'true'
    scale.setAttribute('aria-pressed', String(log))
    chart.priceScale('right', 0).applyOptions({ mode: log ? 1 : 0 })
  })

  const reading = byId('reading')
  const say = (i: number) => {
    const held = curve.benchmark?.[i]
    reading.textContent = [
      curve.date[i],
      `equity ${number(curve.equity[i], 0)}`,
      ...(held === null || held === undefined ? [] : [`benchmark ${number(held, 0)}`]),
      `drawdown ${signedPercent(falls[i], 1)}`,
    ].join('   ')
  }
  const at = new Map(curve.date.map((date, i) => [date, i]))
  const last = curve.date.length - 1
  say(last)
  chart.subscribeCrosshairMove(({ time }) => say(at.get(String(time)) ?? last))
}
