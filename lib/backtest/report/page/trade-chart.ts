import {
  CandlestickSeries,
  createSeriesMarkers,
  type IChartApi,
  LineSeries,
  LineStyle,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { price } from '../format.ts'
import type { PageData } from '../page-data.ts'
import { makeChart } from './chart.ts'
import { colour } from './theme.ts'
import type { TradeBars } from './trade-bars.ts'

/** Candles around a trade with its fills, its stop and its target; prices are those of the day of the entry. */
export function drawTrade(box: HTMLElement, data: PageData, trade: number, bars: TradeBars): IChartApi {
  const intraday = data.bars!.intraday
  const time = bars.stamp.map((stamp) => (stamp * (intraday ? 60 : 86_400)) as UTCTimestamp)
  const format = { type: 'custom' as const, formatter: price, minMove: 0.0001 }
  const chart = makeChart(box, () => paint())
  chart.applyOptions({ timeScale: { timeVisible: intraday, secondsVisible: false } })
  const candles = chart.addSeries(CandlestickSeries, {
    priceLineVisible: false,
    lastValueVisible: false,
    priceFormat: format,
  })
  candles.setData(
    time.map((at, i) => ({ time: at, open: bars.open[i], high: bars.high[i], low: bars.low[i], close: bars.close[i] })),
  )
  const level = (value: number | null, title: string) => {
    if (value === null) return undefined
    const series = chart.addSeries(LineSeries, {
      title,
      lineWidth: 2,
      lineStyle: LineStyle.Dashed,
      priceLineVisible: false,
      crosshairMarkerVisible: false,
      priceFormat: format,
    })
    // a line needs two points: at least from the bar before
    const from = Math.min(bars.entry, Math.max(0, bars.exit - 1))
    series.setData(time.slice(from, bars.exit + 1).map((at) => ({ time: at, value })))
    return series
  }
  const stop = level(data.trades.numbers.stop[trade], 'stop')
  const target = level(data.trades.numbers.target[trade], 'target')
  const marks = createSeriesMarkers(candles, [])
  const paint = () => {
    const [gain, loss] = [colour('gain'), colour('loss')]
    candles.applyOptions({
      upColor: colour('surface'),
      borderUpColor: gain,
      wickUpColor: gain,
      downColor: loss,
      borderDownColor: loss,
      wickDownColor: loss,
    })
    stop?.applyOptions({ color: loss })
    target?.applyOptions({ color: gain })
    marks.setMarkers(fillMarks(data, trade, bars, time))
  }
  paint()
  chart.timeScale().fitContent()
  return chart
}

/** An arrow for every fill, at its price and on its bar. */
function fillMarks(data: PageData, trade: number, bars: TradeBars, time: readonly Time[]): SeriesMarker<Time>[] {
  const { side, fills, numbers, reason, exitStamp } = data.trades
  const mark = (i: number, fillPrice: number, buys: boolean, text: string): SeriesMarker<Time> => ({
    time: time[i],
    position: buys ? 'atPriceBottom' : 'atPriceTop',
    price: fillPrice * bars.scale[i],
    shape: buys ? 'arrowUp' : 'arrowDown',
    color: colour('accent'),
    text,
  })
  const buys = side[trade] === 1
  const [entry, exit] = [numbers.entry_price[trade], numbers.exit_price[trade]]
  const found: SeriesMarker<Time>[] = []
  if (entry !== null) found.push(mark(bars.entry, entry, buys, 'entry'))
  const own = fills[trade]
  const between = own === null ? [] : own.slice(1, exitStamp[trade] === null ? undefined : -1)
  for (const [date, fillPrice, shares, why] of between) {
    const day = Date.parse(`${date}T00:00:00Z`) / 86_400_000
    const i = bars.stamp.findIndex((stamp) => Math.floor(data.bars!.intraday ? stamp / 1_440 : stamp) === day)
    if (i >= 0 && fillPrice !== null) found.push(mark(i, fillPrice, (shares ?? 0) > 0, why))
  }
  if (exit !== null && exitStamp[trade] !== null) found.push(mark(bars.exit, exit, !buys, reason[trade]))
  return found.sort((a, b) => Number(a.time) - Number(b.time))
}
