import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RuleClauses } from '../../lib/strategy/strategy.ts'

export interface Prompt {
  id: string
  group: string
  kind: 'screen' | 'backtest' | 'alert'
  prompt: string
  paraphrases: string[]
  /** null: it must be refused or asked about */
  rule: RuleClauses | null
  behaviour?: string
}

const FILE = fileURLToPath(new URL('../../../shared/prompts/prompts.json', import.meta.url))

/** The development prompts; undefined where they are not beside the checkout. */
export function readPrompts(file = FILE): Prompt[] | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}
