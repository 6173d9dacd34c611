import { appendFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends a run with one plain line: how many tests passed and failed. A file that could not be loaded counts as one failure. The line
 * is added to the file SAYWHEN_SUMMARIES, where it is set, for whoever adds up several runs.
 */
export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
      if (module.errors().length > 0) count.failed++
    }
    const skipped = count.skipped + count.pending
    const line = `${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
    console.log(line)
    if (process.env.SAYWHEN_SUMMARIES) appendFileSync(process.env.SAYWHEN_SUMMARIES, `${line}\n`)
  }
}
