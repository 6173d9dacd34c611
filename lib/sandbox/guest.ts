import {
  CONTRACT_GLOBALS,
  CONTRACT_SERIES,
  DEFAULT_DAYS,
  DEFAULT_UNIVERSE_LIMIT,
  FIGURE_FIELDS,
  MAX_SERIES,
} from '../strategy/contract.ts'
import { FAILURES, WRITE_JSON } from './guest/answers.ts'
import { COMPARE, DATA } from './guest/data.ts'
import { EVALUATE } from './guest/evaluate.ts'
import { LOCKDOWN } from './guest/lockdown.ts'
import { HANDLES, RECORDS } from './guest/series.ts'
import { STATE, TIME } from './guest/state.ts'

/** What the guest asks the host for; the numbers stand in the guest's source too. */
export const ASK = { bars: 0, history: 1, figures: 2, universe: 3, clock: 4, collect: 5 } as const

const NAMES = `
const camelCase = (name) => name.replace(/_+([a-z0-9])/g, (_, letter) => letter.toUpperCase())
const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => '_' + letter.toLowerCase())
const InternalFailure = InternalError, SyntaxFailure = SyntaxError
const NativeTypeError = TypeError
/** A text that begins with ! is the host's refusal. */
const ask = (kind, text, number) => {
  const answer = askHost(kind, text, number)
  if (typeof answer === 'string' && answer[0] === '!') throw new NativeTypeError(answer.slice(1))
  return answer
}
`

/**
 * JavaScript run once inside QuickJS before any strategy: a function of the host's `ask(kind, text, number)` that installs
 * the contract's globals, removes and freezes the rest, and returns the operations the host calls.
 */
export function guestSource(): string {
  const contract = {
    series: CONTRACT_SERIES.map(({ name, spellings, signature }) => ({
      name,
      spellings,
      args: signature.args ?? null,
    })),
    figures: FIGURE_FIELDS.map(({ name }) => name),
    globals: CONTRACT_GLOBALS,
    defaultDays: DEFAULT_DAYS,
    defaultLimit: DEFAULT_UNIVERSE_LIMIT,
    maxSeries: MAX_SERIES,
    dataBytes: 0,
    answerBytes: 0,
  }
  const parts = [NAMES, STATE, TIME, RECORDS, HANDLES, DATA, COMPARE, WRITE_JSON, FAILURES, EVALUATE, LOCKDOWN]
  return `(function (askHost) {\n'use strict'\nconst contract = ${JSON.stringify(contract)}\n${parts.join('\n')}\n})`
}
