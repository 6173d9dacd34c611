import { isoDay, parseDay } from '../../core/days.ts'
import { AppError } from '../../core/errors.ts'
import type { Timeframe } from '../../market/bars.ts'
import { newYorkDay, newYorkInstant, newYorkMinutes } from '../../market/new-york.ts'
import type {
  ActionPage,
  ActionRequest,
  BarPage,
  BarProvider,
  CorporateAction,
  ProvidedBar,
} from '../../market/provider.ts'
import { type ActionsPage, readActions, readBars, refusalOf } from './alpaca-pages.ts'
import { jsonRequests, type RequestPorts } from './json-requests.ts'

export interface AlpacaOptions {
  keyId: string
  secret: string
  /** https://data.alpaca.markets when absent; plain http on loopback only */
  baseUrl?: string
  /** sip: all exchanges (bars older than 15 minutes need no subscription); iex: one exchange, a few percent of the volume */
  feed?: string
  perMinute?: number
  timeoutMs?: number
  attempts?: number
  maxUrlLength?: number
}

const BASE_URL = 'https://data.alpaca.markets'
const TIMEFRAMES: Partial<Record<Timeframe, string>> = { '1d': '1Day' }
const BARS_LIMIT = 10_000
const ACTIONS_LIMIT = 1_000
/** A page token is longer than this only in a world that has changed. */
const TOKEN_ROOM = 300
const TYPES = { split: ['forward_split', 'reverse_split'], dividend: ['cash_dividend'] } as const
/** Actions are looked up by the day they are processed, which for a dividend can be the day it is paid. */
const PROCESSED_WITHIN_DAYS = 60
/** Without a subscription the consolidated tape is readable 15 minutes late; a few more let the last trades be reported. */
const SETTLED_AFTER_MS = 20 * 60_000

/**
 * Daily bars, splits and cash dividends from Alpaca's market data API (v2 bars, v1 corporate actions), over plain HTTP. Stock
 * dividends, spin-offs and mergers are not asked for. The keys go into two headers and nowhere else.
 */
export function alpaca(ports: RequestPorts, options: AlpacaOptions): BarProvider {
  const { feed = 'sip', maxUrlLength = 2_000 } = options
  const base = baseOf(options.baseUrl ?? BASE_URL)
  for (const key of [options.keyId, options.secret])
    if (!/^[\x21-\x7e]{1,200}$/.test(key))
      throw new AppError('refused', `The Alpaca key id or secret is blank or holds characters no key has. ${SET}`)
  const requests = jsonRequests(ports, {
    service: 'Alpaca',
    headers: { 'APCA-API-KEY-ID': options.keyId, 'APCA-API-SECRET-KEY': options.secret },
    perMinute: options.perMinute ?? 200,
    timeoutMs: options.timeoutMs ?? 30_000,
    attempts: options.attempts ?? 6,
  })
  const hidden = (text: string) => text.replaceAll(options.keyId, '***').replaceAll(options.secret, '***')

  const urlOf = (path: string, parameters: Readonly<Record<string, string>>) => {
    const url = new URL(base.pathname.replace(/\/$/, '') + path, base)
    url.search = new URLSearchParams(parameters).toString()
    return url
  }

  /** The symbols in batches whose URL is not too long. */
  function batches(path: string, parameters: Readonly<Record<string, string>>, symbols: readonly string[]): string[][] {
    const room = maxUrlLength - TOKEN_ROOM - urlOf(path, { ...parameters, symbols: '', page_token: '' }).href.length
    const found: string[][] = []
    let left = 0
    for (const symbol of symbols) {
      const length = encodeURIComponent(`${symbol},`).length
      if (found.length === 0 || length > left) {
        found.push([])
        left = room
      }
      found.at(-1)!.push(symbol)
      left -= length
    }
    return found
  }

  /** All pages of one request; of a refused symbol its name, and the request goes on without it. */
  async function* pages<Page extends { next_page_token?: string | null }>(
    path: string,
    parameters: Readonly<Record<string, string>>,
    batch: readonly string[],
    read: (text: string) => Page,
  ): AsyncGenerator<{ page: Page; asked: ReadonlySet<string> } | { refused: string; reason: string }> {
    let symbols = batch
    let token: string | null | undefined
    while (symbols.length > 0) {
      const paged = { ...parameters, symbols: symbols.join(','), ...(token ? { page_token: token } : {}) }
      const { status, text } = await requests.get(urlOf(path, paged))
      if (status === 200) {
        const page = read(text)
        yield { page, asked: new Set(symbols) }
        if (!page.next_page_token) return
        if (page.next_page_token === token)
          throw new AppError('internal', `Alpaca names the page it has just given as the next one of ${path}.`)
        token = page.next_page_token
        continue
      }
      const reason = hidden(refusalOf(text))
      const refused = status === 400 || status === 422 ? invalidSymbol(reason, symbols) : undefined
      if (refused === undefined) throw refusedRequest(status, reason, path)
      yield { refused, reason }
      symbols = symbols.filter((symbol) => symbol !== refused)
      token = undefined
    }
  }

  return {
    name: 'alpaca',
    settledAfterMs: SETTLED_AFTER_MS,
    get requests() {
      return requests.made
    },

    async *bars({ symbols, timeframe, from, to }): AsyncGenerator<BarPage> {
      const size = TIMEFRAMES[timeframe]
      if (size === undefined) throw new AppError('bad_request', `Alpaca's ${timeframe} bars are not read here: 1d is.`)
      // The bar of a session carries the session's first instant, midnight in New York, and both ends are included.
      const [start, end] = [from, to].map((day) => new Date(newYorkInstant(day, 0)).toISOString())
      const limit = String(BARS_LIMIT)
      const parameters = { timeframe: size, start, end, adjustment: 'raw', feed, limit, sort: 'asc' }
      for (const batch of batches('/v2/stocks/bars', parameters, symbols))
        for await (const part of pages('/v2/stocks/bars', parameters, batch, readBars)) {
          if ('refused' in part) yield { bars: [], unknown: [{ symbol: part.refused, reason: part.reason }] }
          else {
            const bars = Object.entries(part.page.bars ?? {}).flatMap(([symbol, rows]) => {
              if (!part.asked.has(symbol)) throw notAsked(symbol)
              return (rows ?? []).map(
                ({ t, o, h, l, c, v }): ProvidedBar => ({
                  symbol,
                  day: sessionOf(t, symbol),
                  open: o,
                  high: h,
                  low: l,
                  close: c,
                  volume: v,
                }),
              )
            })
            yield { bars, unknown: [] }
          }
        }
    },

    async *actions({ symbols, kinds, from, to }: ActionRequest): AsyncGenerator<ActionPage> {
      const types = kinds.flatMap((kind) => TYPES[kind]).join(',')
      const [start, end] = [isoDay(from), isoDay(to + PROCESSED_WITHIN_DAYS)]
      const parameters = { types, start, end, limit: String(ACTIONS_LIMIT), sort: 'asc' }
      const seen = new Set<string>()
      for (const batch of batches('/v1/corporate-actions', parameters, symbols))
        for await (const part of pages('/v1/corporate-actions', parameters, batch, readActions)) {
          if ('refused' in part) yield { actions: [], unknown: [{ symbol: part.refused, reason: part.reason }] }
          else {
            const actions = actionsOf(part.page, seen).filter(({ symbol, day }) => {
              if (!part.asked.has(symbol)) throw notAsked(symbol)
              return day >= from && day <= to
            })
            yield { actions, unknown: [] }
          }
        }
    },
  }
}

const SET = 'Set SAYWHEN_ALPACA_KEY_ID and SAYWHEN_ALPACA_SECRET to the key id and the secret of your Alpaca account.'

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const loopback = url && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) && !url.username && !url.password)
    return url
  throw new AppError('bad_request', 'The URL of Alpaca is not one that keys may be sent to: https://HOST is wanted.')
}

function actionsOf({ corporate_actions: found }: ActionsPage, seen: Set<string>): CorporateAction[] {
  const fresh = ({ id }: { id?: string }) => id === undefined || (!seen.has(id) && seen.add(id) !== undefined)
  const splits = [...(found?.forward_splits ?? []), ...(found?.reverse_splits ?? [])]
  return [
    ...splits.filter(fresh).map((split) => ({
      symbol: split.symbol,
      kind: 'split' as const,
      day: parseDay(split.ex_date),
      value: split.new_rate / split.old_rate,
    })),
    ...(found?.cash_dividends ?? []).filter(fresh).map((dividend) => ({
      symbol: dividend.symbol,
      kind: 'dividend' as const,
      day: parseDay(dividend.ex_date),
      value: dividend.rate,
    })),
  ]
}

/** The exchange date of a daily bar: its instant is midnight in New York, by the clock of that day. */
function sessionOf(t: string, symbol: string): number {
  const instant = Date.parse(t)
  if (newYorkMinutes(instant) === 0) return newYorkDay(instant)
  throw new AppError(
    'internal',
    `Alpaca's page of bars is not as expected: the daily bar of ${symbol} at ${t.slice(0, 40)} does not begin at midnight in New York. Nothing was stored.`,
  )
}

const notAsked = (symbol: string) =>
  new AppError(
    'internal',
    `Alpaca answered about ${JSON.stringify(symbol.slice(0, 40))}, which was not asked for. Nothing was stored.`,
  )

/** The symbol of the request that a refusal names. */
function invalidSymbol(reason: string, symbols: readonly string[]): string | undefined {
  const named = /invalid symbol[^:]*:?\s*"?([^\s",]+)/i.exec(reason)?.[1]
  return symbols.find((symbol) => symbol === named)
}

function refusedRequest(status: number, reason: string, path: string): AppError {
  const said = reason ? ` It says: ${reason}.` : ''
  if (status === 403 && /subscription/i.test(reason))
    return new AppError(
      'refused',
      `Alpaca does not serve this with your subscription (403).${said} End earlier, or set SAYWHEN_ALPACA_FEED to iex.`,
    )
  if (status === 401 || status === 403)
    return new AppError('refused', `Alpaca does not accept the key (${status}).${said} ${SET}`)
  return new AppError('refused', `Alpaca refused ${path} (${status}).${said}`)
}
