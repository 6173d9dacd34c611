import { isoDay } from '../core/days.ts'
import { defineJob } from '../core/engine.ts'
import type { MarketSource } from '../market/source.ts'
import type { GuestError, Sandbox } from '../sandbox/sandbox.ts'
import { scan } from './scan.ts'
import { prepareScan, type ScanInput } from './scan-input.ts'

/** How the code of one side decided on the bars that count. */
export interface VerdictCounts {
  true: number
  false: number
  unknown: number
  errors: number
}

/** What code without a rule did on a chunk of symbols; `last` is of the last bar of the window, where one symbol was asked for. */
export interface CodeVerdicts {
  bars: number
  members: number
  long: VerdictCounts | null
  short: VerdictCounts | null
  firstError: { symbol: string; date: string; error: GuestError } | null
  last: LastVerdict | null
}

export interface LastVerdict {
  date: string
  member: boolean
  sides: { side: 'long' | 'short'; verdict: boolean | null; score: number; data: Record<string, unknown> }[]
  error: GuestError | null
}

/** Runs a strategy's code over a window and counts how it decided. */
export const codeJob = defineJob<ScanInput, CodeVerdicts>('code-verdicts')

export async function codeVerdicts(input: ScanInput, stored: MarketSource, sandbox: Sandbox): Promise<CodeVerdicts> {
  const { view, market, source } = await prepareScan(input, stored)
  const { symbols, from, to, cross } = input
  const sideOf = (entry: 'classifySymbol' | 'classifyShort'): VerdictCounts | null =>
    view.entryPoints.includes(entry) ? { true: 0, false: 0, unknown: 0, errors: 0 } : null
  const found: CodeVerdicts = {
    bars: 0,
    members: 0,
    long: sideOf('classifySymbol'),
    short: sideOf('classifyShort'),
    firstError: null,
    last: null,
  }
  for await (const scanned of scan({ strategy: view, market, symbols, from, to, cross }, source, sandbox)) {
    const { symbol, series, counts, errors } = scanned
    found.bars += counts.length
    for (const count of counts) found.members += count
    for (const side of ['long', 'short'] as const) {
      const [tally, verdicts] = [found[side], scanned[side]]
      if (tally === null || verdicts === null) continue
      for (const [i, verdict] of verdicts.entries()) if (counts[i] === 1) tally[KINDS[verdict]]++
    }
    const [first] = errors
    if (first !== undefined && found.firstError === null)
      found.firstError = { symbol, date: isoDay(series.day[first.bar]), error: first.error }
    const bar = scanned.to - 1
    found.last = {
      date: isoDay(series.day[bar]),
      member: counts[counts.length - 1] === 1,
      sides: (['long', 'short'] as const).flatMap((side) => {
        const verdict = scanned[side]?.at(-1)
        const given = scanned.returned(side === 'long' ? 1 : -1, bar)
        return verdict === undefined || given === undefined
          ? []
          : [{ side, verdict: verdict > 1 ? null : verdict === 1, ...given }]
      }),
      error: errors.find((each) => each.bar === bar)?.error ?? null,
    }
  }
  return symbols.length === 1 ? found : { ...found, last: null }
}

const KINDS = ['false', 'true', 'unknown', 'errors'] as const

/** The counts of all chunks together. */
export function addVerdicts(parts: readonly CodeVerdicts[]): CodeVerdicts {
  const add = (side: 'long' | 'short') => {
    const counted = parts.flatMap((part) => part[side] ?? [])
    if (counted.length === 0) return null
    const total = (kind: (typeof KINDS)[number]) => counted.reduce((sum, each) => sum + each[kind], 0)
    return { true: total('true'), false: total('false'), unknown: total('unknown'), errors: total('errors') }
  }
  const errors = parts.flatMap(({ firstError }) => firstError ?? []).sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
  return {
    bars: parts.reduce((sum, { bars }) => sum + bars, 0),
    members: parts.reduce((sum, { members }) => sum + members, 0),
    long: add('long'),
    short: add('short'),
    firstError: errors[0] ?? null,
    last: parts.length === 1 ? parts[0].last : null,
  }
}
