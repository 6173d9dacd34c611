import { costAnswer, estimateAnswer, shown } from '../answers.ts'
import { UsageError } from '../arguments.ts'
import { whichOf } from '../id.ts'
import { count, decimal, significant } from '../numbers.ts'
import type { Session } from '../session.ts'
import { table } from '../text.ts'
import { type Command, END, given, START, SYMBOLS } from './command.ts'

/** A strategy's id has up to 15 digits; a run's id is longer. */
const STRATEGY = /^[1-9]\d{0,14}(@[1-9]\d{0,5})?$/

export const cost: Command = {
  name: 'cost',
  about: 'what a run cost, by part, beside what it was expected to; of a strategy, what a backtest would cost on AWS',
  argument: { name: 'ID' },
  flags: {
    start: START,
    end: END,
    symbols: SYMBOLS,
    engine: { kind: 'text', value: 'NAME', meaning: 'quickjs: the code (default); columns: its proven rule' },
  },
  examples: ['saywhen cost 1 --start 2015-01-01', 'saywhen cost 4f1d0c37a9b2e8d6'],
  run: (session) => (STRATEGY.test(session.argument) ? costOfStrategy(session) : costOfRun(session)),
}

async function costOfStrategy(session: Session): Promise<number> {
  const body = given({
    ...whichOf(session),
    start_date: session.text('start'),
    end_date: session.text('end'),
    symbols: session.list('symbols'),
    engine: session.text('engine'),
  })
  const answer = await session.api('POST', '/backtest/estimate', body)
  if (session.json) {
    session.printJson(answer)
    return 0
  }
  const found = shown(estimateAnswer, answer)
  const { style } = session
  session.print(
    style.bold(`A backtest of strategy ${found.strategy_id} on AWS, ${found.date_range.join(' to ')}`),
    `${counted(found.symbols, 'symbol')}, ${counted(found.bars, 'bar')} in ${counted(found.jobs, 'job')}, about ${decimal(found.wall_seconds, 1)} s`,
    '',
    ...partsTable([['estimate', found.aws_estimate_parts, found.aws_estimate_cents]], session),
    '',
    style.dim(`US cents at the list prices of ${found.prices_as_of}: ${found.prices}`),
  )
  return 0
}

async function costOfRun(session: Session): Promise<number> {
  const windowed = ['start', 'end', 'symbols', 'engine'].find((flag) => session.args.flags[flag] !== undefined)
  if (windowed !== undefined)
    throw new UsageError(
      `--${windowed} belongs to the cost of a strategy, whose id is a number; ${session.argument} is a run.`,
    )
  const answer = await session.api('GET', `/runs/${encodeURIComponent(session.argument)}/result`)
  const { cost: found } = shown(costAnswer, answer).receipt
  if (session.json) {
    session.printJson(found)
    return 0
  }
  const { style } = session
  const bought = Object.keys(found.parts).length > 0
  session.print(
    style.bold(`Run ${session.argument}`),
    '',
    ...partsTable(
      [
        ['estimate for AWS', found.aws_estimate_parts, found.aws_estimate_cents],
        ['account', found.parts, found.cents],
      ],
      session,
    ),
    '',
    style.dim(
      `US cents at the list prices of ${found.prices_as_of}.${bought ? '' : ' It ran on one machine, which bills nobody.'}`,
    ),
  )
  return 0
}

const counted = (amount: number | null, one: string) => `${count(amount)} ${one}${amount === 1 ? '' : 's'}`

type Priced = [title: string, parts: Record<string, number | null>, sum: number | null]

/** Amounts by part, the dearest first, under one title each. */
function partsTable(columns: Priced[], { style }: Session): string[] {
  const most = (name: string) => Math.max(...columns.map(([, parts]) => parts[name] ?? 0))
  const names = [...new Set(columns.flatMap(([, parts]) => Object.keys(parts)))].sort((a, b) => most(b) - most(a))
  return table(
    [{ title: '' }, ...columns.map(([title]) => ({ title, right: true }))],
    [
      ...names.map((name) => [name.replaceAll('_', ' '), ...columns.map(([, parts]) => significant(parts[name] ?? 0))]),
      ['together', ...columns.map(([, , sum]) => significant(sum))],
    ],
    style,
  )
}
