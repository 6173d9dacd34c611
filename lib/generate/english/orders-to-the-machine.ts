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
