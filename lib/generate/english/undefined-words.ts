/** Words traders use that have no exact definition in prices: each with the question that makes one. */
const UNDEFINED: readonly [pattern: RegExp, question: string][] = [
  [
    /\b(?:inverse |inverted )?head[ -](?:and|&)[ -]shoulders?\b|\bcup[ -](?:and|&|with)[ -]handles?\b|\b(?:double|triple)[ -](?:bottoms?|tops?)\b|\b(?:bull|bear|high tight)[ -]?flags?\b|\b(?:pennant|wedge|triangle|channel up|channel down|rounding bottom|saucer)s?\b(?! upper| lower)|\bdarvas(?: box)?\b|\b(?:morning|evening)[ -](?:doji )?stars?\b|\babandoned baby\b|\bharami\b|\bpiercing line\b|\bdark cloud cover\b|\btweezer \w+/i,
    'is a drawing without one exact definition. Say it in highs, lows and closes of how many days, for example "a close above the highest high of the prior 30 days after a range less than 15% deep".',
  ],
  [
    /\b(?:bullish |bearish |hidden |positive |negative )?divergences?\b(?: between \w+ and \w+)?/i,
    'has no one definition. Say which extremes are compared, for example "a new 20-day low of the price while the RSI is above its lowest of 20 days".',
  ],
  [
    /\b(?:support|resistance)(?: levels?| lines?| zones?)?\b|\btrend ?lines?\b|\bsupply zones?\b|\bdemand zones?\b|\bpivot points?\b|\border blocks?\b|\bfair value gaps?\b/i,
    'is drawn by eye. Which level is meant: the low or high of how many days, or an average?',
  ],
  [
    /\bfib(?:onacci)?(?: retracements?| levels?| extensions?)?\b|\belliott(?: waves?)?\b|\bgann\b|\bharmonic\b|\bwyckoff\b|\bichimoku\b|\bmarket profile\b|\bvolume profile\b/i,
    'is not part of the rule language. Say the condition in prices, averages and volume of how many days.',
  ],
  [
    /\b(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|weekends?)\b/i,
    'cannot be told apart: rules know the last session of a week and of a month, no other days of the week. Which is meant?',
  ],
  [
    /\b(?:in |of |since |during )?(?:january|february|march|april|june|july|august|september|october|november|december)\b|\b(?:in|of|since|until|by|during) may\b|\bsanta claus rally\b|\bseasonal\w*/i,
    'cannot be told apart: rules know the last session of a month, no names of months. How many sessions are meant, counted from what?',
  ],
  [
    /\bytd\b|\byear[ -]to[ -]date\b|\bthis (?:year|quarter|month|week)\b|\bso far this (?:year|month)\b|\bmtd\b|\bqtd\b|\bmonth[ -]to[ -]date\b/i,
    'begins on another day each time it is read. Over how many sessions (a year has 252, a month 21)?',
  ],
  [
    /\ball[ -]time[ -](?:highs?|lows?)\b|\b(?:new )?(?:ath|atl)s?\b|\brecord (?:highs?|lows?)\b|\blifetime (?:highs?|lows?)\b|\bmulti[ -]year (?:highs?|lows?)\b/i,
    'depends on how far the stored bars reach back. The high or low of how many days (252 are a year)?',
  ],
  [
    /\bparabolic(?: move| run)?\b(?! sar)|\boverextended\b|\bcoiled\b|\bcoiling\b|\bchoppy\b|\baccelerating\b|\bflattening\b|\bgoing nowhere\b|\bbasing\b/i,
    'says nothing that can be measured yet. By how much, over how many days?',
  ],
]

/** Words without an exact definition, blanked out place by place so that the rest can be read, with what to ask. */
export function withoutUndefined(prompt: string): { prompt: string; found: { words: string; question: string }[] } {
  const found: { words: string; question: string }[] = []
  let rest = prompt
  for (const [pattern, question] of UNDEFINED)
    rest = rest.replace(new RegExp(pattern.source, 'gi'), (words) => {
      found.push({ words: words.trim(), question })
      return ' '.repeat(words.length)
    })
  return { prompt: rest, found }
}
