import type { Engine, Job } from '../core/engine.ts'
import { AppError } from '../core/errors.ts'
import { nyse } from '../market/calendar.ts'
import type { ChunkInput } from './chunk.ts'
import { type ScannedChunk, ScannedParts } from './scanned.ts'

/** A chunk that has no answer. */
export interface LostChunk {
  symbols: readonly string[]
  reason: string
}

/**
 * An engine for chunks of symbols: one that fails for reasons of ours answers with all its symbols skipped, and is noted in `lost`.
 * What the strategy's own code does wrong fails as ever.
 */
export function skippingLost(engine: Engine, lost: LostChunk[]): Engine {
  return {
    ...engine,
    run: async <Input, Output>(job: Job<Input, Output>, input: Input): Promise<Output> => {
      try {
        return await engine.run(job, input)
      } catch (error) {
        if (!(error instanceof AppError) || (error.code !== 'internal' && error.code !== 'interrupted')) throw error
        const { symbols } = input as ChunkInput
        lost.push({ symbols, reason: error.message })
        return without(symbols, `not computed: ${error.message}`) as Output
      }
    },
  }
}

function without(symbols: readonly string[], reason: string): ScannedChunk {
  const answer = new ScannedParts(nyse, symbols).answer()
  return { ...answer, skipped: symbols.map((symbol) => ({ symbol, reason })) }
}

/** What a partial result lacks, in words. */
export function lostWarnings(lost: readonly LostChunk[]): string[] {
  if (lost.length === 0) return []
  const symbols = lost.reduce((sum, each) => sum + each.symbols.length, 0)
  const reasons = [...new Set(lost.map(({ reason }) => reason))].sort()
  return [`This result is partial: ${symbols} symbols could not be computed (${reasons[0]}). The receipt names them.`]
}
