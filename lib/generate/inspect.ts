import { defineJob } from '../core/engine.ts'
import type { GuestError, Sandbox } from '../sandbox/sandbox.ts'
import type { EntryPoint, Proof } from '../strategy/strategy.ts'
import type { ProofRequest } from './proof.ts'

/** What running the module's top level tells: its entry points and declared series, or why it failed. */
export type Inspection = { entryPoints: EntryPoint[]; series: string[] } | { error: GuestError }

export const inspectJob = defineJob<{ code: string }, Inspection>('inspect')
export const proveJob = defineJob<ProofRequest, Proof>('prove')

/** Runs the top level of the code once in the sandbox. */
export function inspect({ code }: { code: string }, sandbox: Sandbox): Inspection {
  const opened = sandbox.open(code)
  if ('error' in opened) return opened
  const { session } = opened
  try {
    return { entryPoints: [...session.entryPoints], series: [...session.series] }
  } finally {
    session.dispose()
  }
}
