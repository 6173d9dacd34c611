import { isoDay, parseDay } from '../core/days.ts'
import type { DefectLine } from './defects.ts'
import type { ProvidedBar } from './provider.ts'
import {
  type Fault,
  finished,
  type ParsedBars,
  PRICES,
  priceFault,
  RowBuffer,
  rangeFault,
  sessionFault,
  volumeFault,
} from './row-buffer.ts'

/** Where a provider's row stands in the list of defects: it has no file and no line, but a day. */
const fileOf = (provider: string, day: number) => `${provider} ${isoDay(day)}`

/** The day of a listed defect when it is one of this provider's rows. */
export function providedDay(provider: string, { file }: DefectLine): number | undefined {
  if (!file.startsWith(`${provider} `)) return undefined
  const day = parseDay(file.slice(provider.length + 1))
  return Number.isNaN(day) ? undefined : day
}

function faultOf(bar: ProvidedBar): Fault | undefined {
  for (const name of PRICES) {
    const fault = priceFault(name, bar[name])
    if (fault) return fault
  }
  return volumeFault(bar.volume) ?? rangeFault(bar.high, bar.low) ?? sessionFault(bar.day)
}

/** The usable rows of a provider's answer for one symbol, checked as those of a file are; without splits and dividends yet. */
export function checkedRows(provider: string, symbol: string, bars: readonly ProvidedBar[]): ParsedBars {
  const buffer = new RowBuffer()
  // A session that was asked for twice: the later answer counts.
  const byDay = new Map(bars.map((bar) => [bar.day, bar]))
  for (const bar of [...byDay.values()].sort((a, b) => a.day - b.day)) {
    const fault = faultOf(bar)
    buffer.rows++
    if (fault) {
      buffer.defects.push({ symbol, file: '', line: bar.day, kind: fault[0], reason: fault[1] })
      continue
    }
    buffer.grow()
    const row = buffer.length++
    buffer.columns.day[row] = bar.day
    for (const name of PRICES) buffer.columns[name][row] = bar[name]
    buffer.columns.volume[row] = bar.volume
    buffer.columns.split[row] = 1
    buffer.lines[row] = bar.day
  }
  const parsed = finished(symbol, provider, buffer)
  const defects = parsed.defects.map((defect) => ({ ...defect, file: fileOf(provider, defect.line), line: 0 }))
  return { ...parsed, defects }
}
