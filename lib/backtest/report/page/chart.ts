import { type ChartOptions, createChart, type DeepPartial, type IChartApi } from 'lightweight-charts'
import { colour, onTheme } from './theme.ts'

/** What all charts have in common, in the page's colours. */
function options(): DeepPartial<ChartOptions> {
  const line = colour('line')
  return {
    autoSize: true,
    layout: {
      background: { color: colour('surface') },
      textColor: colour('muted'),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 11,
      // the notice and the link stand in the page's footer
      attributionLogo: false,
      panes: { separatorColor: line, separatorHoverColor: line, enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: line } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderColor: line, fixLeftEdge: true, fixRightEdge: true, minBarSpacing: 0.01 },
    localization: { locale: 'en-GB', dateFormat: 'yyyy-MM-dd' },
    // the wheel and a thumb scroll the page
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  }
}

/** A chart that fills its box; `paint` is called now and whenever the colours change. */
export function makeChart(box: HTMLElement, paint: (chart: IChartApi) => void): IChartApi {
  const chart = createChart(box, options())
  // a reader hears the box's label, not the table the drawing is laid out with
  for (const child of box.children) child.setAttribute('aria-hidden', 'true')
  let gone = false
  const repaint = () => {
    if (gone) return
    chart.applyOptions(options())
    paint(chart)
  }
  onTheme(repaint)
  const { remove } = chart
  chart.remove = () => {
    gone = true
    remove.call(chart)
  }
  return chart
}
