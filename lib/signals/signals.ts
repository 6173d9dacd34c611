/** What the one scan yields; plain data that crosses threads and queues. */

/** A decision that is true at a bar of a member of the universe. */
export interface Signal {
  symbol: string
  /** exchange date of the bar (day number) and the instant it closes (epoch ms UTC) */
  day: number
  time: number
  side: 1 | -1
  /** RANK's value or what the strategy returned; NaN without */
  score: number
  /** the rule's named terms, or what the strategy returned as `data` */
  data: Record<string, unknown>
}
