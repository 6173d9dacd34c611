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
  '(?:be (?:above|below|higher|lower|up|down|over|under)|beat|beaten|miss|explode|pop|bounce|run|soar|take off|recover|reverse|squeeze|breakout|rise|rally|fall|drop|go(?:es)? up|go(?:es)? down|gap|double|triple|jump|crash|surge|soar|outperform|break ?out|explode|move|win)'

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
      /\b(?:buy|enter|long|get in|short|sell|exit)\b[^.;]{0,40}?\b(?:at|near|on)\s+(?:the\s+)?(?:exact\s+|very\s+|absolute\s+)?(?:day'?s?\s+(?:low|high|bottom|top)|(?:low|lows|lowest(?: price)?|bottom|high|highs|highest(?: price)?|top)\s+of\s+(?:the|each|every|that)\s+(?:day|session|move|swing|month|week|year))\b/i,
    reason: 'That a price was the low or the high of the day is known only when the day is over.',
    offer:
      'Buy at the next open after a day that closed near its low, or when the price first falls to a level known before, such as the low of the previous day.',
  },
]

/** Prices and companies chosen with what only later years showed. */
const HINDSIGHT: readonly Reason[] = [
  {
    pattern:
      /\b(?:today['’]?s|current|present(?: day)?|latest)\s+(?:\w+\s+){0,3}?(?:s\s?&\s?p|sp500|spx|index|members|constituents|components)[^.;]*?\b(?:back ?test\w*|back to|since|history|historical\w*|(?:over|for|in) the (?:last|past) \d+ years|\d+ years|from (?:19|20)\d\d|(?:19|20)\d\d)\b/i,
    reason:
      "Today's members are the ones that did well enough to be there: tested on the past, they know the outcome (survivorship).",
    offer: 'Say "S&P 500 stocks": each date then uses the members of that date, those that left included.',
  },
  {
    pattern:
      /\b(?:back ?test\w*|test\w*|since|from (?:19|20)\d\d)\b[^.;]*?\b(?:today['’]?s|current|present(?: day)?|latest)\s+(?:\w+\s+){0,3}?(?:s\s?&\s?p|sp500|spx|index|members|constituents|components|stocks)\b/i,
    reason:
      "Today's members are the ones that did well enough to be there: tested on the past, they know the outcome (survivorship).",
    offer: 'Say "S&P 500 stocks": each date then uses the members of that date, those that left included.',
  },
  {
    pattern:
      /\b(?:later|eventually|subsequently|ultimately|afterwards?|end(?:s|ed)? up|in the end|one day|since then)\b\s+(?:\w+\s+){0,2}?(?:went|go(?:es|ing)?|become|became|becoming|be|turn\w*|double[ds]?|triple[ds]?|bankrupt\w*|fail\w*|delist\w*|collaps\w*|crash\w*|rise|rose|fell|fall|was|were|got|get)\b|\b(?:went|go(?:ing)?|goes) (?:on to|bankrupt|bust)\b|\b(?:ten|10|multi|100)[ -]?baggers?\b/i,
    reason: 'What became of a company later is not known at the time of the signal.',
    offer: 'Say what could be seen by then: figures reported, prices, volumes.',
  },
  {
    pattern:
      /\bsurviv(?:e[ds]?|ing|ors?)\b|\bnow (?:bankrupt|delisted|gone|defunct)\b|\b(?:companies|stocks|names|ones|members|giants|leaders) (?:of|that are in the (?:s\s?&\s?p 500|index)) (?:today|now)\b|\bstill (?:listed|trad\w+|exist\w*|around|alive|in business)(?: today| now)?|\b(?:exist|are listed) today\b|\bnever (?:went|go|gone) (?:bankrupt|bust)\b|\bnever (?:been )?delisted\b|\bleav\w+ out (?:the )?(?:bankrupt|delisted|failed)\b|\b(?:excluding|without|ignor\w+) (?:the )?(?:bankrupt|delisted|failed)\b/i,
    reason:
      'Choosing the companies that survived uses the outcome (survivorship): the ones that failed must stay in a test.',
    offer: 'Leave that condition out: all stocks of each date are then looked at.',
  },
  {
    pattern:
      /\b(?:buy|sell|enter|short|exit|cover|get (?:in|out)|fill\w*)\b[^.;,]{0,25}?\bat\s+(?:yesterday['’]?s|the (?:previous|prior|last) (?:day|session|week|month)['’]?s|last (?:night|week|month)['’]?s)\s+(?:close|closing price|open|high|low|price)/i,
    reason: 'That price is past when the signal is known: no order can be filled at it.',
    offer: 'Orders fill at the next open, or at the close of the signal bar when "at the close" is said.',
  },
  {
    pattern:
      /\b(?:exact|absolute|very|dead)\s+(?:bottoms?|tops?|lows?|highs?)\b|\b(?:buy|sell)\b[^.;,]{0,20}?\bthe\s+(?:bottom|top)(?=\s*(?:$|[.,;!?]|and\b|then\b))/i,
    reason: 'A bottom or a top is known only once the price has left it.',
    offer: 'Say how it shows: so many percent above the low of so many days, or a close back above an average.',
  },
  {
    pattern:
      /\b(?:right |just |a day |the day |days? )?before (?:the|a|an|any|it|they|big|major)\s?(?:\w+\s+){0,3}?(?:crash\w*|correction|rall(?:y|ies)|sell-?off|break-?out|spike|squeeze|upgrad\w+|downgrad\w+|takeover|merger|buyout|announce\w*|beat|bankrupt\w*|pop|dump)\b/i,
    reason: 'What comes next is not known at the time of the signal.',
    offer: 'Say what has happened by the close of the day that should lead to the trade.',
  },
  {
    pattern:
      /(?<!\bat (?:the )?(?:market )?open )\btomorrow\b(?!['’]?s?\s+(?:open|morning))(?!\s+at\s+(?:the\s+)?open)/i,
    reason: 'Tomorrow does not exist at the time of the signal.',
    offer: "Today's and earlier prices can be used; an order placed on the signal fills at the next open.",
  },
  {
    pattern:
      /\b(?:ris\w+|gain\w*|go(?:es)? up|fall\w*|drop\w*|out-?perform\w*|return\w*|winners?|losers?|best|worst|added|removed|highest|lowest|most|went up)\b[^.;]{0,30}?\b(?:next|coming|following) (?:day|week|month|quarter|year)\b(?![^.;]{0,12}\b(?:open|hold))/i,
    reason: 'What comes next is not known at the time of the signal.',
    offer: 'Say what has happened by the close of the day that should lead to the trade.',
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
    /\binsiders?\b|\binsider\w*|form 4\b|congress\w*|\b13f\b|institutional (?:ownership|buying|holders)|hedge funds?/i,
    'filings of insiders and institutions',
  ],
  [/\banalysts?\b(?! estimates?)|\bupgrades?\b|\bdowngrades?\b|price targets?\b/i, 'analyst ratings'],
  [
    /\bdark pools?\b|order book|level (?:2|ii|two)|bid[ -/]ask|order flow|\btick data\b/i,
    'order books and single trades',
  ],
  [
    /\b(?:low|small|tiny|public|free) ?float\b|\bfloat (?:under|below|over|above|of|size|rotation)|\bshare float\b/i,
    'the float (shares free to trade)',
  ],
  [/\bipo\w*\b|\bnewly listed\b|\bspac\w*\b|lock-?up expir\w*/i, 'listing dates'],
  [/\besg\b|carbon|sustainab\w*/i, 'ESG ratings'],
  [
    /\bfed(?:eral reserve)?\b|\bfomc\b|interest rates?\b|\btreasur(?:y|ies)\b|yield curve|\bcpi\b|inflation|\bgdp\b|unemployment|payrolls?|\brecessions?\b|\bpmi\b/i,
    'interest rates and economic figures',
  ],
  [/\bemployees?\b|\bheadcount\b|\bceo\b|\bfounders?\b|\bmanagement\b/i, 'facts about people and management'],
  [
    /\bbuffett\b|\bberkshire\b|\bark\b(?= (?:bought|sold|holds))|owned by|\bgurus?\b|big money|smart money|\bwhales?\b/i,
    'the holdings of investors',
  ],
  [
    /\bbuy-?backs?\b|\brepurchas\w*|\btakeovers?\b|\bmergers?\b|\bacquisitions?\b|\blawsuits?\b|\bspin-?offs?\b|\bguidance\b|\bproduct launch\w*|\bpatents?\b/i,
    'company announcements',
  ],
  [
    /\bnasdaq[- ]?100\b|\bndx\b|\bdow(?: jones)?(?: 30| stocks| components| members| industrials?)?\b|\bdjia\b|\brussell ?(?:1000|2000|3000)?\b|\bs&p ?(?:100|400|600)\b|\bftse\b|\bnikkei\b/i,
    'the members of that index over time (those of the S&P 500 are)',
  ],
  [/\bcredit ratings?\b|\bmoody|\bmorningstar\b|\bzacks\b/i, 'ratings by agencies'],
  [/\b(?:crude|brent|wti)\b|\b(?:oil|gold|silver|copper|gas) prices?\b|\bcommodit\w+/i, 'prices of commodities'],
  [/google trends|search volume|web traffic|satellite|credit card data|weather/i, 'alternative data'],
  [/\bbitcoin\b|\bcrypto\w*|\bforex\b|\bcurrency pairs?\b|\bfutures\b/i, 'crypto, currencies or futures'],
]

/** The refusal a prompt calls for, or undefined. */
export function refusal(prompt: string): Refusal | undefined {
  for (const { pattern, reason, offer } of [...FUTURE, ...HINDSIGHT]) {
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
