import * as z from 'zod'
import { windowJson } from '../backtest/report/windows.ts'
import { AppError } from '../core/errors.ts'
import type { Timeframe } from '../market/bars.ts'
import type { BarColumns, BarWindow } from '../signals/stored-bars.ts'
import { shown } from './answers.ts'
import type { Session } from './session.ts'

const numbers = z.array(z.number())
const barsAnswer = z.looseObject({
  bars: z.array(
    z.looseObject({
      symbol: z.string(),
      date: z.array(z.string()),
      time: z.array(z.string()).optional(),
      open: numbers,
      high: numbers,
      low: numbers,
      close: numbers,
      factor: numbers,
    }),
  ),
})
export type BarsShown = Omit<BarColumns, 'volume'>

/** Bars of a session's length of each size; what one request asks for is reckoned with them. */
const BARS_A_SESSION: Readonly<Record<Timeframe, number>> = { '1d': 1, '1h': 7, '15m': 26, '5m': 78, '1m': 390 }
const BARS_A_REQUEST = 20_000
const WINDOWS_A_REQUEST = 500

/** The stored bars of all windows, asked for in pieces that an answer can hold. */
export async function fetchBars(
  session: Session,
  windows: readonly BarWindow[],
  timeframe: Timeframe,
): Promise<BarsShown[]> {
  const found: BarsShown[] = []
  const bar = session.deps.io.bar('bars')
  let done = 0
  const ask = async (part: readonly BarWindow[]): Promise<void> => {
    try {
      const body = { windows: part.map(windowJson), timeframe }
      found.push(...shown(barsAnswer, await session.api('POST', '/bars', body)).bars)
      done += part.length
      bar.update(done, windows.length)
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'too_large') || part.length === 1) throw error
      const half = part.length >> 1
      await ask(part.slice(0, half))
      await ask(part.slice(half))
    }
  }
  try {
    for (const part of portions(windows, timeframe)) await ask(part)
  } finally {
    bar.stop()
  }
  return found
}

function* portions(windows: readonly BarWindow[], timeframe: Timeframe): Generator<BarWindow[]> {
  let part: BarWindow[] = []
  let bars = 0
  for (const window of windows) {
    const expected = Math.ceil(((window.to - window.from + 1) * 5) / 7) * BARS_A_SESSION[timeframe]
    if (part.length > 0 && (part.length === WINDOWS_A_REQUEST || bars + expected > BARS_A_REQUEST)) {
      yield part
      part = []
      bars = 0
    }
    part.push(window)
    bars += expected
  }
  if (part.length > 0) yield part
}
