import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

type Row = [what: string, figure: string, note: string]

const saywhen = fileURLToPath(new URL('../../dist/saywhen.mjs', import.meta.url))
/** Loaded into the process that is measured: at its end it tells the most memory it took, in KB. */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'))",
)}`

/** A backtest of everything stored as a user runs it: a process of its own, from bars on disk to the JSON, by each engine. */
export function wholeHistoryRows(home: string, strategyId: number, start: string): Row[] {
  return (['quickjs', 'columns'] as const).map((engine) => {
    const asked = ['backtest', String(strategyId), '--start', start, '--engine', engine, '--home', home, '--json']
    const begun = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', TELL_PEAK, saywhen, ...asked], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    })
    const took = performance.now() - begun
    if (status !== 0) throw new Error(stderr)
    const { receipt, summary, portfolio } = JSON.parse(stdout)
    const peak = Number(/peak (\d+)/.exec(stderr)![1]) / 1_024
    return [
      `backtest since ${start}, its own process, ${engine}`,
      `${(took / 1_000).toFixed(1)} s`,
      `${receipt.coverage.bars_got} bars, ${summary.total_instances} instances, ${portfolio.trades.length} trades, ${peak.toFixed(0)} MB`,
    ]
  })
}
