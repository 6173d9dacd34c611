import { defineJob } from '../core/engine.ts'
import type { MarketSource } from '../market/source.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { scan } from './scan.ts'
import { prepareScan, type ScanInput } from './scan-input.ts'

export interface SignalRow {
  symbol: string
  day: number
  /** the instant the bar ends, epoch ms UTC */
  time: number
  side: 1 | -1
}

/** Every signal of the window, by symbol and day. */
export const listJob = defineJob<ScanInput, SignalRow[]>('list')

export async function listSignals(input: ScanInput, stored: MarketSource, sandbox: Sandbox): Promise<SignalRow[]> {
  const { view, market, source } = await prepareScan(input, stored)
  const rows: SignalRow[] = []
  const { symbols, from, to, cross } = input
  for await (const scanned of scan({ strategy: view, market, symbols, from, to, cross }, source, sandbox)) {
    for (const { symbol, day, time, side } of scanned.signals()) rows.push({ symbol, day, time, side })
  }
  return rows
}
