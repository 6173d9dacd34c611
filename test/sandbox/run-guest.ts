import { createSandbox } from '../../lib/sandbox/quickjs.ts'
import type { ClassifyAnswer, GuestSession, GuestSymbol, Limits, Outcome } from '../../lib/sandbox/sandbox.ts'
import { smallSymbol } from './small-symbol.ts'

const sandbox = await createSandbox()

/** Opens the code, hands over the symbols (A with its ten bars when none are named), runs `use` and disposes of the session. */
export async function withGuest<Result>(
  code: string,
  use: (session: GuestSession) => Result,
  symbols: GuestSymbol[] = [smallSymbol('A')],
  limits: Partial<Limits> = { cpuMs: 2000 },
): Promise<Result> {
  await sandbox.ready()
  const opened = sandbox.open(code, limits)
  if ('error' in opened)
    throw new Error(`${opened.error.kind} ${opened.error.line}:${opened.error.column} ${opened.error.message}`)
  for (const symbol of symbols) opened.session.load(symbol)
  try {
    return use(opened.session)
  } finally {
    opened.session.dispose()
  }
}

/** classifySymbol of A over its ten bars. */
export function classifyAll(session: GuestSession): Outcome<ClassifyAnswer> {
  return session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 10 })
}

export function done<Answer>(outcome: Outcome<Answer>): Answer {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
  return outcome.answer
}

/** Verdicts of classifySymbol of A, one digit per bar: 1 true, 0 false, 2 unknown, 3 error. */
export async function verdicts(code: string, symbols?: GuestSymbol[]): Promise<string> {
  return withGuest(code, (session) => done(classifyAll(session)).verdict.join(''), symbols)
}

/** What the body of classifySymbol returns as `data.x` on the bar, everything before `return` included in `body`. */
export async function evaluated(body: string, bar = 9, symbols?: GuestSymbol[]): Promise<unknown> {
  const code = `export function classifySymbol(symbol) { ${body} }`.replace(
    /return ([^;]*)(;?) }$/,
    'return { signal: true, data: { x: $1 } } }',
  )
  return withGuest(
    code,
    (session) => {
      const answer = done(session.classify({ symbol: 'A', entry: 'classifySymbol', from: bar, to: bar + 1 }))
      if (answer.errorBars > 0) throw new Error(answer.errors[0].error.message)
      return answer.data.get(0)!.x
    },
    symbols,
  )
}
