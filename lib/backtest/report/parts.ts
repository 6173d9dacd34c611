import type { PackedSymbol } from './pack.ts'
import type { ReportResult } from './result-shape.ts'

/** The strategy whose result it is, as far as it is known; every text of it is somebody else's. */
export interface ReportStrategy {
  version: number
  name: string
  prompt: string | null
  /** clauses by name, as text */
  rule: [clause: string, text: string][] | null
  explanation: string[]
  code: string
  assumptions: string[]
  proof: string | null
}

/** How many bars a clause's conditions let through, one after another. */
export interface ReportFunnel {
  clause: string
  signals: number
  unknown: number
  steps: { condition: string; alone: number; together: number; without: number }[]
}

/** Something the report shows, or why it cannot. */
export type Known<Value> = { value: Value } | { absent: string }

/** Everything a report is made of. */
export interface ReportParts {
  result: ReportResult
  strategy: Known<ReportStrategy>
  funnels: Known<{ bars: number | null; funnels: ReportFunnel[]; note?: string }>
  bars: Known<ReportBars>
  assets: ReportAssets
}

/** The page's own script and style, and the notices of what they contain. */
export interface ReportAssets {
  script: string
  style: string
}

export interface ReportBars {
  intraday: boolean
  symbols: Record<string, PackedSymbol>
  /** what is to be said of them */
  notes: string[]
}
