import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { joined, reportBars } from '../../lib/backtest/report/bars.ts'
import { reportHtml } from '../../lib/backtest/report/document.ts'
import type { ReportParts } from '../../lib/backtest/report/parts.ts'
import { reportResult } from '../../lib/backtest/report/result-shape.ts'
import type { MadeBars } from './made-result.ts'

const dist = (name: string) => readFile(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)), 'utf8')

/** The report of a made result, with the page's script as it is built. */
export async function madeReport(
  json: unknown,
  bars: ReadonlyMap<string, MadeBars>,
  changes: Partial<ReportParts> = {},
): Promise<string> {
  const result = reportResult.parse(json)
  return reportHtml({
    result,
    strategy: {
      value: {
        version: 1,
        name: 'Made',
        prompt: 'buy when it is made',
        rule: [['SIGNAL', 'close > open']],
        explanation: ['Signal when the close is above the open.'],
        code: 'export const classifySymbol = () => true',
        assumptions: [],
        proof: null,
      },
    },
    funnels: { absent: 'it was not asked for.' },
    bars: reportBars(result.portfolio.trades, joined([...bars.values()]), false),
    assets: { script: await dist('report.js'), style: await dist('report.css') },
    ...changes,
  })
}
