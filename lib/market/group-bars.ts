import { nyse } from './calendar.ts'
import { copyRows, emptyColumns, type StoredColumns } from './codec.ts'
import { BAR_MINUTES, type IntradayTimeframe } from './intraday-grid.ts'

/** Whether the bar that ends at an instant of a day belongs to the session: what ends by 09:30 is the pre-market's. */
export const inSession = (day: number, time: number): boolean => time > nyse.openInstant(day)

/**
 * Bars of a session grouped up to larger ones: open first, high max, low min, close last, volume summed, stamped with the end of the
 * larger bar. Bars of the pre-market stay as they are: a rule may be read at any time before the open.
 */
export function groupBars(bars: StoredColumns, timeframe: IntradayTimeframe): StoredColumns {
  const { day, time } = bars
  const size = BAR_MINUTES[timeframe] * 60_000
  const out = emptyColumns(day.length)
  let length = 0
  let open = Number.NaN
  let close = Number.NaN
  let of = Number.NaN
  for (let i = 0; i < day.length; i++) {
    if (day[i] !== of) {
      of = day[i]
      open = nyse.openInstant(of)
      close = nyse.closeInstant(of)
    }
    // Whole hours since midnight UTC are whole hours in New York too.
    const end = time[i] > open ? Math.min(Math.ceil(time[i] / size) * size, close) : time[i]
    const at = length - 1
    if (time[i] <= open || at < 0 || out.time[at] !== end) {
      copyRows(bars, i, i + 1, out, length)
      out.time[length++] = end
      continue
    }
    out.high[at] = Math.max(out.high[at], bars.high[i])
    out.low[at] = Math.min(out.low[at], bars.low[i])
    out.close[at] = bars.close[i]
    out.volume[at] += bars.volume[i]
    out.dividend[at] += bars.dividend[i]
    out.split[at] *= bars.split[i]
  }
  const grouped = emptyColumns(length)
  copyRows(out, 0, length, grouped, 0)
  return grouped
}
