import { printRule } from '../../rule/clauses.ts'
import { ruleAnswer, shown, valuesAnswer } from '../answers.ts'
import { facts } from '../text.ts'
import { type Command, END, given, START } from './command.ts'

export const ruleEval: Command = {
  name: 'rule eval',
  about: 'the value of an expression on each bar of a symbol, as CSV; empty where it is undefined',
  argument: { name: '"EXPR"' },
  flags: {
    symbol: { kind: 'text', value: 'S', meaning: 'whose bars', required: true },
    start: START,
    end: END,
    timeframe: { kind: 'text', value: '1d|1h|15m|5m|1m', meaning: 'bar size (default: 1d)' },
  },
  examples: ['saywhen rule eval "rsi(close,14)" --symbol KO --start 2020-03-01 --end 2020-03-31'],
  async run(session) {
    const body = given({
      expression: session.argument,
      symbol: session.text('symbol'),
      start_date: session.text('start'),
      end_date: session.text('end'),
      timeframe: session.text('timeframe'),
    })
    const answer = await session.api('POST', '/rules/eval', body)
    if (session.json) session.printJson(answer)
    else {
      const { values } = shown(valuesAnswer, answer)
      const rows = values.map(({ date, time, value }) => `${time ?? date},${value ?? ''}`)
      session.print([`${values[0]?.time === undefined ? 'date' : 'time'},value`, ...rows].join('\n'))
    }
    return 0
  },
}

export const ruleCheck: Command = {
  name: 'rule check',
  about: 'whether a rule or an expression is one, how far back it looks, what to beware of',
  argument: { name: '"EXPR"' },
  flags: {},
  async run(session) {
    const answer = await session.api('POST', '/rules/check', { rule: session.argument })
    if (session.json) {
      session.printJson(answer)
      return 0
    }
    const { rule, lookback, warnings } = shown(ruleAnswer, answer)
    const entries: [string, string | string[]][] = [
      'expression' in rule ? ['Expression', rule.expression] : ['Rule', printRule(rule)],
      ['Looks back', typeof lookback === 'number' ? `${lookback} bars` : 'over the whole history'],
    ]
    if (warnings.length > 0) entries.push(['Beware', warnings])
    session.print(...facts(entries, session.columns))
    return 0
  },
}
