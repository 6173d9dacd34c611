/** RSI(14) < 30 and volume > 2 x the mean of the 20 bars before, by hand over typed arrays: how many bars from `from` on fire. */
export function rsiAndVolume(close: Float64Array, volume: Float64Array, from: number): number {
  let signals = 0
  let up = 0
  let down = 0
  let sum = 0
  for (let i = 0; i < close.length; i++) {
    const change = i === 0 ? 0 : close[i] - close[i - 1]
    const gain = Math.max(change, 0)
    const loss = change < 0 ? -change : 0
    if (i >= 1 && i <= 14) {
      up += gain / 14
      down += loss / 14
    } else if (i > 14) {
      up += (gain - up) / 14
      down += (loss - down) / 14
    }
    if (i >= 20 && i >= from) {
      const rsi = down === 0 ? (up > 0 ? 100 : 50) : 100 - 100 / (1 + up / down)
      if (rsi < 30 && volume[i] > (2 * sum) / 20) signals++
    }
    sum += volume[i]
    if (i >= 20) sum -= volume[i - 20]
  }
  return signals
}

/** A gap up over 3 % on more than 1.5 x the mean volume of the 20 bars before, likewise. */
export function gapAndVolume({ open, close, volume }: Columns, from: number): number {
  let signals = 0
  let sum = 0
  for (let i = 0; i < close.length; i++) {
    if (i >= 20 && i >= from && open[i] / close[i - 1] - 1 > 0.03 && volume[i] > (1.5 * sum) / 20) signals++
    sum += volume[i]
    if (i >= 20) sum -= volume[i - 20]
  }
  return signals
}

/** SMA(10) crosses above SMA(50) with RSI(14) over 50, likewise. */
export function crossAndRsi({ close }: Columns, from: number): number {
  let signals = 0
  let up = 0
  let down = 0
  let fast = 0
  let slow = 0
  let wasAbove = true
  for (let i = 0; i < close.length; i++) {
    const change = i === 0 ? 0 : close[i] - close[i - 1]
    const gain = Math.max(change, 0)
    const loss = change < 0 ? -change : 0
    if (i >= 1 && i <= 14) {
      up += gain / 14
      down += loss / 14
    } else if (i > 14) {
      up += (gain - up) / 14
      down += (loss - down) / 14
    }
    fast += close[i]
    slow += close[i]
    if (i >= 10) fast -= close[i - 10]
    if (i >= 50) slow -= close[i - 50]
    const above = fast / 10 > slow / 50
    if (i >= 50 && i >= from && above && !wasAbove && 100 - 100 / (1 + up / down) > 50) signals++
    if (i >= 49) wasAbove = above
  }
  return signals
}

interface Columns {
  open: Float64Array
  close: Float64Array
  volume: Float64Array
}
