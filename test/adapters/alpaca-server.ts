import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const KEY_ID = 'PKTESTKEYIDENTIFIER1'
export const SECRET = 'secretSecretSecretSecret0123456789'

/** date, open, high, low, close, volume */
export type Row = [date: string, open: number, high: number, low: number, close: number, volume: number]

/** What the vendor has. */
export interface Vendor {
  bars: Record<string, Row[]>
  forwardSplits: { symbol: string; new_rate: number; old_rate: number; ex_date: string; id?: string }[]
  reverseSplits: { symbol: string; new_rate: number; old_rate: number; ex_date: string; id?: string }[]
  dividends: { symbol: string; rate: number; ex_date: string; process_date?: string; id?: string }[]
  /** symbols answered with 400 */
  invalid: string[]
  /** most bars or actions of a page, whatever the request asks for */
  pageSize: number
}

export interface Asked {
  path: string
  query: Record<string, string>
  url: string
  headers: IncomingMessage['headers']
}

type Trick = (response: ServerResponse) => void

const offsetFormat = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', timeZoneName: 'longOffset' })

/** Midnight in New York by the operating system's time zone tables, as the API writes it. */
export function midnight(date: string): string {
  const name = offsetFormat.formatToParts(new Date(`${date}T05:00:00Z`)).find(({ type }) => type === 'timeZoneName')!
  return `${date}T0${/-0(\d)/.exec(name.value)![1]}:00:00Z`
}

export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Trick =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body))

/** A loopback server that answers as the market data API does; tricks are played once each, before the vendor's own answers. */
export async function alpacaServer(vendor: Partial<Vendor> = {}) {
  const has: Vendor = {
    bars: {},
    forwardSplits: [],
    reverseSplits: [],
    dividends: [],
    invalid: [],
    pageSize: 10_000,
    ...vendor,
  }
  const asked: Asked[] = []
  const tricks: Trick[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://127.0.0.1')
    const query = Object.fromEntries(url.searchParams)
    asked.push({ path: url.pathname, query, url: request.url!, headers: request.headers })
    const trick = tricks.shift()
    if (trick) return trick(response)
    const { 'apca-api-key-id': id, 'apca-api-secret-key': secret } = request.headers
    if (id !== KEY_ID || secret !== SECRET) return answer(403, { message: 'forbidden.' })(response)
    const symbols = query.symbols.split(',')
    const bad = symbols.find((symbol) => has.invalid.includes(symbol))
    if (bad) return answer(400, { message: `invalid symbol: ${bad}` })(response)
    if (url.pathname === '/v2/stocks/bars') return answer(200, barsPage(has, query, symbols))(response)
    if (url.pathname === '/v1/corporate-actions') return answer(200, actionsPage(has, query, symbols))(response)
    answer(404, { message: 'endpoint not found.' })(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url, has, asked, tricks, close }
}

function paged<Item>(items: readonly Item[], query: Record<string, string>, most: number) {
  const from = query.page_token ? Number(Buffer.from(query.page_token, 'base64url').toString()) : 0
  const to = from + Math.min(most, Number(query.limit))
  const token = to < items.length ? Buffer.from(String(to)).toString('base64url') : null
  return { items: items.slice(from, to), token }
}

function barsPage(has: Vendor, query: Record<string, string>, symbols: string[]) {
  const all = [...symbols]
    .sort()
    .flatMap((symbol) =>
      (has.bars[symbol] ?? [])
        .map(([date, o, h, l, c, v]) => ({ symbol, bar: { t: midnight(date), o, h, l, c, v, n: 10, vw: c } }))
        .filter(
          ({ bar }) => Date.parse(bar.t) >= Date.parse(query.start) && Date.parse(bar.t) <= Date.parse(query.end),
        ),
    )
  const { items, token } = paged(all, query, has.pageSize)
  const bars: Record<string, unknown[]> = {}
  for (const { symbol, bar } of items) bars[symbol] = [...(bars[symbol] ?? []), bar]
  return { bars, next_page_token: token }
}

function actionsPage(has: Vendor, query: Record<string, string>, symbols: string[]) {
  const lists = { forward_split: has.forwardSplits, reverse_split: has.reverseSplits, cash_dividend: has.dividends }
  const all = Object.entries(lists)
    .filter(([type]) => query.types.split(',').includes(type))
    .flatMap(([type, list]) => list.map((action) => ({ type, action: { process_date: action.ex_date, ...action } })))
    .filter(({ action }) => symbols.includes(action.symbol))
    .filter(({ action }) => action.process_date >= query.start && action.process_date <= query.end)
  const { items, token } = paged(all, query, has.pageSize)
  const found: Record<string, unknown[]> = {}
  for (const { type, action } of items) found[`${type}s`] = [...(found[`${type}s`] ?? []), action]
  return { corporate_actions: found, next_page_token: token }
}
