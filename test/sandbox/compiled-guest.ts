import { loadInstance } from '../../lib/sandbox/instance.ts'
import type { ModuleCode } from '../../lib/sandbox/module-code.ts'
import { type ClassifyAnswer, DEFAULT_LIMITS, type GuestError, type Outcome } from '../../lib/sandbox/sandbox.ts'
import { Session } from '../../lib/sandbox/session.ts'
import { smallSymbol } from './small-symbol.ts'

const instance = await loadInstance(DEFAULT_LIMITS.memoryBytes)
const column = (at: (bar: number) => number) => Float64Array.from({ length: 10 }, (_, bar) => at(bar))
/** Two declared series; closes that rise, fall and touch what they are compared with. */
const SYMBOL = smallSymbol('A', {
  close: Float64Array.of(10, 12, 14, 13, 15, 14, 14 + 1e-10, 16, 12, 18),
  columns: [column((bar) => (bar < 2 ? Number.NaN : 12 + (bar % 4))), column((bar) => 20 - bar)],
})

/** What classifySymbol says on ten bars of A, in order, or each bar alone from the last to the first. */
export function classified(compiled: ModuleCode, alone = false): ClassifyAnswer | { error: GuestError } {
  const isolated = alone ? Int32Array.from({ length: 10 }, (_, i) => 9 - i) : undefined
  return inSession(compiled, (session) =>
    session.classify({ symbol: 'A', entry: 'classifySymbol', from: 0, to: 10, isolated }),
  )
}

/** What runScreening answers. */
export function screened(compiled: ModuleCode): unknown {
  return inSession(compiled, (session) => session.universe({ form: 'runScreening', asOf: 0, args: [['A'], 5] }))
}

function inSession<Answer>(
  compiled: ModuleCode,
  use: (session: Session) => Outcome<Answer>,
): Answer | { error: GuestError } {
  const clocks = { now: () => performance.now(), cpu: () => undefined }
  const session = new Session(instance, compiled, DEFAULT_LIMITS, clocks, (sound) => {
    if (!sound) throw new Error('The code hit a limit.')
  })
  try {
    const error = session.start()
    if (error !== undefined) return { error }
    session.load(SYMBOL)
    const outcome = use(session)
    if (outcome.kind === 'done') return outcome.answer
    return { error: outcome.kind === 'failed' ? outcome.error : { kind: 'guest', message: JSON.stringify(outcome) } }
  } finally {
    session.dispose()
  }
}
