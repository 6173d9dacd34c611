/** What no rule may be built from, recognised before the words are read. */
export interface Refusal {
  reason: string
  offer: string | null
}

interface Reason {
  pattern: RegExp
  reason: string
  offer: string | null
}

const HAPPENS =
  '(?:beat|beaten|miss|rise|rally|fall|drop|go(?:es)? up|go(?:es)? down|gap|double|triple|jump|crash|surge|soar|outperform|break ?out|explode|move|win)'

/** Prompts that need to know what comes after the bar they decide on. */
const FUTURE: readonly Reason[] = [
  {
    pattern:
      /\b(?:going to|gonna|about to|will|turn(?:s|ed)? out to|bound to|likely to|expected to|sure to)\b(?:\W+\w+){0,4}?\W+(?:beat|beaten|miss)\b/i,
    reason: 'Whether a company beats the estimates is known only after it has reported, not the day before.',
    offer:
      'Buy on the first session after a report that beat the estimates, or before every announced report, whatever it brings.',
  },
  {
    pattern: new RegExp(
      `\\b(?:going to|gonna|about to|will(?: \\w+)?|turn(?:s|ed)? out to|bound to)\\s+(?:\\w+\\s+){0,2}?${HAPPENS}\\b`,
      'i',
    ),
    reason: 'Nobody knows at the time of the signal what the price will do afterwards.',
    offer: 'Say what has happened by the close of the day: a new high, a gap, an indicator above a value.',
  },
  {
    pattern: new RegExp(
      `\\b(?:before|ahead of|right before|just before)\\s+(?:it|they|the (?:stock|price|shares)|prices|a big|the big|an?)\\s+(?:\\w+\\s+)?${HAPPENS}(?:s|es|ing)?\\b`,
      'i',
    ),
    reason: 'What happens next is not known at the time of the signal.',
    offer: 'Say what has happened by the close of the day that should lead to the trade.',
  },
  {
    pattern:
      /\btomorrow(?:'s|’s|s)?\s+(?:close|high|low|volume|price|return|move|gap)|\b(?:next|following)\s+(?:day|week|month|session)(?:'s|’s|s)?\s+(?:close|high|low|volume|price|return|gain|winners?|losers?|move)\b/i,
    reason: "The rule would read tomorrow's prices, which do not exist at the time of the signal.",
    offer: "Today's and earlier prices can be used; an order placed on the signal fills at the next open.",
  },
  {
    pattern:
      /\b(?:buy|enter|long|get in|short|sell|exit)\b[^.;]{0,40}?\b(?:at|near|on)\s+(?:the\s+)?(?:exact\s+|very\s+|absolute\s+)?(?:day'?s?\s+(?:low|high|bottom|top)|(?:low|lows|bottom|high|highs|top)\s+of\s+(?:the|each|every|that)\s+(?:day|session|move|month|week|year))\b/i,
    reason: 'That a price was the low or the high of the day is known only when the day is over.',
    offer:
      'Buy at the next open after a day that closed near its low, or when the price first falls to a level known before, such as the low of the previous day.',
  },
]

/** Data that is not stored, by the words that ask for it. */
const MISSING: readonly [pattern: RegExp, what: string][] = [
  [
    /\boptions? (?:flow|activity|volume|chain|market)|unusual options|call (?:buying|volume|options)|put[ /-]call|\b(?:calls|puts) (?:bought|sold|volume)/i,
    'options trading',
  ],
  [/\bimplied vol\w*|\biv (?:rank|percentile|crush)|\biv\b/i, 'implied volatilities of options'],
  [
    /\btweets?\b|\btwitter\b|\breddit\b|wallstreetbets|\bstocktwits\b|social media|\bsentiment\b/i,
    'social media and sentiment',
  ],
  [/\bnews\b|\bheadlines?\b|press releases?|\bfda\b/i, 'news'],
  [/\bshort interest\b|short (?:float|squeeze)|days to cover/i, 'short interest'],
  [
    /\binsiders?\b|form 4\b|congress\w*|\b13f\b|institutional (?:ownership|buying|holders)|hedge funds?/i,
    'filings of insiders and institutions',
  ],
  [/\banalysts?\b(?! estimates?)|\bupgrades?\b|\bdowngrades?\b|price targets?\b/i, 'analyst ratings'],
  [
    /\bdark pools?\b|order book|level (?:2|ii|two)|bid[ -/]ask|order flow|\btick data\b/i,
    'order books and single trades',
  ],
  [/google trends|search volume|web traffic|satellite|credit card data|weather/i, 'alternative data'],
  [/\bbitcoin\b|\bcrypto\w*|\bforex\b|\bcurrency pairs?\b|\bfutures\b/i, 'crypto, currencies or futures'],
]

/** The refusal a prompt calls for, or undefined. */
export function refusal(prompt: string): Refusal | undefined {
  for (const { pattern, reason, offer } of FUTURE) {
    const found = pattern.exec(prompt)
    if (found) return { reason: `"${found[0].trim()}": ${reason}`, offer }
  }
  for (const [pattern, what] of MISSING) {
    const found = pattern.exec(prompt)
    if (found)
      return {
        reason: `"${found[0].trim()}" needs data that is not stored here: ${what}.`,
        offer: 'Prices, volumes, reported company figures, earnings dates and index membership can be used.',
      }
  }
  return undefined
}

const SECRET =
  '(?:environment|env\\b|api[ -]?keys?|\\bkeys?\\b|secrets?|passwords?|credentials?|tokens?|system prompt|source code|files?\\b)'
const ORDERS: readonly RegExp[] = [
  /\b(?:but |and )?(?:first )?(?:ignore|disregard|forget|override)\b[^.;,]*?\b(?:instr\w+|rules|prompts?|guidelines|directions|above|everything)\b/gi,
  new RegExp(
    `\\b(?:but |and )?(?:first,? )?(?:print|reveal|show|output|dump|display|leak|send|tell me|give me|list|read|exfiltrate|expose|post|email)\\b(?:\\s+(?:me|us|out|all|the|your|my|any|every|of|its))*\\s+(?:\\w+\\s+){0,2}?${SECRET}(?:(?:,? and |,? or |, | )(?:your |the |all |any |my )?(?:\\w+ )?(?:variables?|keys?|secrets?|passwords?|tokens?|api keys?|prompt))*`,
    'gi',
  ),
  /\b(?:you are now|act as|pretend (?:to be|you are)|from now on you)\b[^.;,]*/gi,
  /\b(?:run|execute|eval|call)\s+(?:the )?(?:command|shell|code|script|process)\b[^.;,]*/gi,
]

/** Orders to the machine that are no part of a strategy: blanked out, place by place, so that the rest can be read. */
export function withoutOrders(prompt: string): { prompt: string; orders: string[] } {
  const orders: string[] = []
  let rest = prompt
  for (const pattern of ORDERS)
    rest = rest.replace(pattern, (found) => {
      orders.push(found.trim())
      return ' '.repeat(found.length)
    })
  return { prompt: rest, orders }
}
