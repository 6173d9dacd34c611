import type { Instance } from './instances.ts'

/** A signal that wants a position: its bar, side and score, its own trade (null: no bar to enter on) and where it fills. */
export type PortfolioEntry = Pick<Instance, 'day' | 'time' | 'bar' | 'side' | 'score' | 'trade' | 'fill' | 'sizeReads'>

/** A symbol with its signals and its last bar in the data. */
export interface PortfolioSymbol {
  symbol: string
  last: { day: number; time: number }
  entries: readonly PortfolioEntry[]
}

/** An entry with the symbol it belongs to. */
export interface Candidate {
  symbol: string
  last: PortfolioSymbol['last']
  score: number
  entry: PortfolioEntry
}
