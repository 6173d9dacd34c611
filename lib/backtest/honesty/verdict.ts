/** Whether a run shows an edge, in words a trader reads. Strict, by fixed rules, from figures that stand beside it. */
import { CONCENTRATED } from './profit.ts'

export interface Verdict {
  words: string
  level: 'none' | 'weak' | 'mixed' | 'promising'
  /** what speaks against it, the gravest first; of a promising one what is left open */
  reasons: string[]
}

/** What the verdict is made of; null where undefined. */
export interface Evidence {
  closedTrades: number
  /** mean return of the closed trades after costs, and its 95 % interval */
  mean: number | null
  low: number | null
  totalReturn: number | null
  deflatedSharpe: number | null
  trials: number
  symbol: { name: string; share: number } | null
  month: { name: string; share: number } | null
  netProfit: number
  costsPaid: number
  breakEvenBps: number | null
  slippageBps: number
  outOfSample: { heldUp: boolean | null; words: string } | null
  recheckDifferences: number
  simulated: boolean
  survivorshipBiased: boolean
}

export const FEWEST_TRADES = 30
export const SURE = 0.95
/** What a fill of a liquid stock may well cost more than is set: less room than this is none. */
export const LEAST_ROOM_BPS = 5

/**
 * `none`: a recheck differs, nothing was closed, no money was made, costs ate it, or the interval of the mean trade reaches down to 0 and
 * chance is no less likely than 1 in 20. `weak`: under 30 trades, the interval includes 0, or the deflated Sharpe ratio is under 0.95.
 * `mixed`: one symbol, one month or thin costs carry it, it does not hold out of sample, or the bars are invented. Else `promising`.
 */
export function verdictOf(evidence: Evidence): Verdict {
  const fatal = fatalIn(evidence)
  const weak = weaknessesOf(evidence)
  const mixed = doubtsOf(evidence)
  const noSign = weak.includes(CHANCE) && weak.some((each) => each.startsWith(INTERVAL))
  const reasons = [...fatal, ...weak, ...mixed].map((each) => (each === CHANCE ? chanceWords(evidence) : each))
  if (fatal.length > 0 || noSign) return { level: 'none', words: `No evidence of an edge: ${reasons[0]}`, reasons }
  if (weak.length > 0) return { level: 'weak', words: `Weak evidence: ${reasons[0]}`, reasons }
  if (mixed.length > 0) return { level: 'mixed', words: `Mixed evidence: ${reasons[0]}`, reasons }
  const open = openQuestions(evidence)
  return { level: 'promising', words: `Promising, but ${open[0]}`, reasons: open }
}

function fatalIn(evidence: Evidence): string[] {
  const { closedTrades, mean, totalReturn, netProfit, costsPaid, recheckDifferences } = evidence
  const found: string[] = []
  if (recheckDifferences > 0)
    found.push(
      `with the future cut off it decides otherwise in ${recheckDifferences} ${recheckDifferences === 1 ? 'case' : 'cases'}: it sees ahead.`,
    )
  if (closedTrades === 0 || mean === null) found.push('it closed no trade.')
  else if (netProfit <= 0 && netProfit + costsPaid > 0) found.push('its costs ate all of the profit.')
  else if (mean <= 0) found.push(`the average trade loses ${percent(-mean)}.`)
  else if (totalReturn !== null && totalReturn <= 0) found.push(`the account lost ${percent(-totalReturn)}.`)
  return found
}

const INTERVAL = 'the average trade may as well be '
const CHANCE = 'chance'

function weaknessesOf({ closedTrades, mean, low, deflatedSharpe }: Evidence): string[] {
  if (closedTrades === 0 || mean === null || mean <= 0) return []
  const found: string[] = []
  if (closedTrades < FEWEST_TRADES)
    found.push(
      `${closedTrades} closed ${closedTrades === 1 ? 'trade is' : 'trades are'} too few to tell skill from luck (30 at least).`,
    )
  if (low === null || low <= 0) found.push(`${INTERVAL}nothing: its 95 % interval includes 0.`)
  if (deflatedSharpe === null || deflatedSharpe < SURE) found.push(CHANCE)
  return found
}

const chanceWords = ({ deflatedSharpe, trials }: Evidence): string =>
  deflatedSharpe === null
    ? 'its Sharpe ratio is undefined, so that luck cannot be ruled out.'
    : `luck is not ruled out: after ${trials} ${trials === 1 ? 'strategy' : 'strategies'} tried, its Sharpe ratio is real with a probability of ${percent(deflatedSharpe)} (95 % is asked for).`

function doubtsOf(evidence: Evidence): string[] {
  const { symbol, month, netProfit, costsPaid, breakEvenBps, slippageBps, outOfSample, simulated } = evidence
  if (netProfit <= 0) return []
  const found: string[] = []
  if (outOfSample?.heldUp === false) found.push(`out of sample it does not hold up. ${outOfSample.words}`)
  if (outOfSample?.heldUp === null) found.push(`it is not confirmed out of sample. ${outOfSample.words}`)
  if (symbol !== null && symbol.share > CONCENTRATED)
    found.push(`${symbol.name} alone made ${percent(symbol.share)} of the profit.`)
  if (month !== null && month.share > CONCENTRATED)
    found.push(`one month, ${month.name}, made ${percent(month.share)} of the profit.`)
  if (breakEvenBps !== null && breakEvenBps - slippageBps < LEAST_ROOM_BPS)
    found.push(
      `slippage of ${breakEvenBps.toFixed(1)} bps a fill would eat the profit; ${slippageBps} bps are counted.`,
    )
  else if (costsPaid > netProfit) found.push('costs took more than half of the profit.')
  if (simulated) found.push('the bars are invented.')
  return found
}

function openQuestions({ outOfSample, survivorshipBiased, trials }: Evidence): string[] {
  const found: string[] = []
  if (outOfSample === null) found.push('not yet tried on days it was not made on (out_of_sample).')
  if (survivorshipBiased)
    found.push('tested on the companies that are stored today, which leaves out those that failed.')
  found.push(
    `the count of ${trials} ${trials === 1 ? 'strategy' : 'strategies'} tried is only as true as what was tried here; the past binds nobody.`,
  )
  return found
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(fraction < 0.01 ? 2 : 1)} %`
