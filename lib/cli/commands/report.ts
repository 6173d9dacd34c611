import { joined, reportBars } from '../../backtest/report/bars.ts'
import { reportHtml } from '../../backtest/report/document.ts'
import type { Known, ReportBars, ReportParts } from '../../backtest/report/parts.ts'
import { type ReportResult, reportResult } from '../../backtest/report/result-shape.ts'
import { barWindows } from '../../backtest/report/windows.ts'
import { AppError } from '../../core/errors.ts'
import { TIMEFRAMES } from '../../market/bars.ts'
import { printRule } from '../../rule/clauses.ts'
import { type StrategyShown, shown, strategyAnswer } from '../answers.ts'
import { whyNotAnswer } from '../answers-explain.ts'
import { fetchBars } from '../report-bars.ts'
import { type RunShown, resultOf } from '../report-result.ts'
import { writeCsv, writeText } from '../results.ts'
import type { Json, Session } from '../session.ts'
import { type Command, CSV, given } from './command.ts'

export const report: Command = {
  name: 'report',
  about: 'one HTML file of a backtest: verdict, curves, months, trades with their charts, receipt; it needs no network',
  argument: { name: 'RESULT' },
  flags: { out: { kind: 'text', value: 'FILE', meaning: 'where to write it (report.html)', short: 'o' }, csv: CSV },
  examples: ['saywhen report RUN -o report.html', 'saywhen report result.json -o report.html'],
  async run(session) {
    const { json, run } = await resultOf(session, session.argument)
    const read = reportResult.safeParse(json)
    if (!read.success) throw notOne(session.argument, json)
    const result = read.data
    const strategy = await strategyOf(session, result, run)
    const [funnels, bars] = await Promise.all([
      funnelsOf(session, result, run, strategy),
      barsOf(session, result, strategy),
    ])
    const parts: ReportParts = {
      result,
      strategy: 'value' in strategy ? { value: reportStrategy(strategy.value) } : strategy,
      funnels,
      bars,
      assets: await session.deps.reportAssets(),
    }
    const file = session.text('out') ?? 'report.html'
    const text = reportHtml(parts)
    await writeText(session, file, text, '-o')
    const tables = await writeCsv(session, json as Json)
    const said = { file: session.deps.absolutePath(file), bytes: Buffer.byteLength(text) }
    if (session.json) session.printJson({ success: true, ...said, csv: tables, absent: absentOf(parts) })
    else {
      const lines = [...tables.map((each) => `CSV: ${each}`), ...absentOf(parts)]
      session.print(`Report: ${said.file}`, ...lines.map((line) => session.style.dim(line)))
    }
    return 0
  },
}

function notOne(name: string, json: unknown): AppError {
  const mode = (json as { execution_mode?: unknown } | null)?.execution_mode
  const what = typeof mode === 'string' && mode !== 'backtest' ? `the result of a ${mode}` : 'no result of a backtest'
  return new AppError('bad_request', `${name} is ${what}. Name a backtest's run (saywhen runs) or its JSON file.`)
}

/** What the report could not show, and why. */
const absentOf = ({ strategy, funnels, bars }: ReportParts): string[] =>
  [strategy, funnels, bars].flatMap((part) => ('absent' in part ? [part.absent] : []))

/** The version that was run, recognised by its hash: another home may have another strategy under the same number. */
async function strategyOf(
  session: Session,
  { strategy_id, receipt }: ReportResult,
  run: RunShown | undefined,
): Promise<Known<StrategyShown>> {
  const path = `/strategies/${strategy_id}`
  try {
    const versions: (number | undefined)[] = [run?.strategy_version ?? undefined]
    for (let at = 0; at < versions.length; at++) {
      const query = versions[at] === undefined ? '' : `?version=${versions[at]}`
      const { strategy } = shown(strategyAnswer, await session.api('GET', path + query))
      if (strategy.hash === receipt.strategy_hash) return { value: strategy }
      // the newest is another: one of those before it may be the one
      if (versions[at] === undefined) for (let v = strategy.version - 1; v >= 1; v--) versions.push(v)
    }
    return { absent: `Strategy ${strategy_id} here is not the one of this result: its hash is another.` }
  } catch (error) {
    return { absent: `The strategy of this result is not at hand: ${messageOf(error)}` }
  }
}

function reportStrategy(strategy: StrategyShown) {
  const { version, name, prompt, rule, explanation, code, assumptions, proof } = strategy
  const clause = (line: string): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  }
  return {
    version,
    name,
    prompt,
    rule:
      rule &&
      printRule(rule)
        .split('\n')
        .filter((line) => line.includes(':'))
        .map(clause),
    explanation,
    code,
    assumptions,
    proof: `Proof of rule against code: ${proof.verdict}. ${proof.reason}`,
  }
}

/** The funnel of the run's own days and symbols. */
async function funnelsOf(
  session: Session,
  { strategy_id, summary }: ReportResult,
  run: RunShown | undefined,
  strategy: Known<StrategyShown>,
): Promise<ReportParts['funnels']> {
  if ('absent' in strategy) return { absent: 'the strategy is not at hand.' }
  if (strategy.value.rule === null) return { absent: 'no rule expresses this code.' }
  if (run === undefined)
    return { absent: 'which symbols and universe the run was asked for is not known from its result.' }
  const [start_date, end_date] = summary.date_range
  const { symbols, universe } = run.request
  const body = given({ strategy_id, version: strategy.value.version, start_date, end_date, symbols, universe })
  try {
    const { bars, funnels, note } = shown(whyNotAnswer, await session.api('POST', '/why-not', body))
    return { value: { bars, funnels, ...(note !== undefined && { note }) } }
  } catch (error) {
    return { absent: messageOf(error) }
  }
}

/** Bars around the trades, as far as they can be had. */
async function barsOf(
  session: Session,
  { portfolio, summary }: ReportResult,
  strategy: Known<StrategyShown>,
): Promise<Known<ReportBars>> {
  const { trades, equity_curve: curve } = portfolio
  if (trades.length === 0) return { absent: 'the portfolio made no trade.' }
  const asked = 'value' in strategy ? strategy.value.rule?.timeframe : undefined
  const intraday = trades.some(({ entry_time }) => entry_time !== null)
  const timeframe = TIMEFRAMES.find((each) => each === asked)
  if (intraday && (timeframe ?? '1d') === '1d') return { absent: 'the bar size of the run is not known.' }
  const end = curve.date.at(-1) ?? summary.date_range[1] ?? trades[trades.length - 1].entry_date
  try {
    const windows = barWindows(trades, timeframe ?? '1d', end)
    const pieces = await fetchBars(session, windows, timeframe ?? '1d')
    return reportBars(trades, joined(pieces), intraday)
  } catch (error) {
    return { absent: messageOf(error) }
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
