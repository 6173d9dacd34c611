import { finite, plain } from '../core/plain.ts'

/** A monitored symbol on the bar that is looked at. */
export interface MonitoredSymbol {
  symbol: string
  /** epoch ms of the bar's close */
  time: number
  /** close as traded */
  price: number
  /** against the previous close, a fraction; null on the first bar */
  change: number | null
  /** the condition is true on this bar; null: unknown */
  signal: boolean | null
  /** it fires: true, and not told before */
  fires: boolean
  side: 1 | -1
  /** of intraday bars, where it fires: the first bar of the session that did, in place of the one that is looked at */
  fired?: Pick<MonitoredSymbol, 'time' | 'price' | 'change' | 'side' | 'data'>
  /** the rule's named terms, or what the strategy returned; its `message` and `priority` are used when they are fit */
  data: Record<string, unknown>
}

export interface Alert {
  symbol: string
  type: 'strategy_signal'
  message: string
  /** ISO, to the second */
  timestamp: string
  priority: string
  data: Record<string, unknown>
}

export interface AlertAnswer {
  /** the fires, by symbol */
  alerts: Alert[]
  signals: Record<string, { signal: boolean; timestamp: string; current_price: number | null; unknown?: true }>
  symbols_monitored: number
}

const PRIORITIES: ReadonlySet<unknown> = new Set(['high', 'medium', 'low'])
const LONGEST_MESSAGE = 500

/** The guide's answer of an alert: a fire for each symbol that turned true, and the state of every one that was looked at. */
export function alertAnswer(monitored: readonly MonitoredSymbol[]): AlertAnswer {
  const ordered = [...monitored].sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0))
  return {
    alerts: ordered.filter((each) => each.fires).map((each) => alertOf(asFired(each))),
    signals: Object.fromEntries(
      ordered.map(({ symbol, signal, time, price }) => [
        symbol,
        {
          signal: signal === true,
          timestamp: isoInstant(time),
          current_price: finite(price),
          ...(signal === null ? { unknown: true as const } : {}),
        },
      ]),
    ),
    symbols_monitored: monitored.length,
  }
}

/** The symbol as it was when it fired. */
export const asFired = ({ fired, ...each }: MonitoredSymbol): MonitoredSymbol => ({ ...each, ...fired })

/** A fire in the guide's form: in the strategy's own words where it has some, with prices from the bars. */
export function alertOf({ symbol, time, price, change, side, data }: MonitoredSymbol): Alert {
  const { message, priority, ...terms } = data
  const own = typeof message === 'string' && message !== '' && message.length <= LONGEST_MESSAGE ? message : null
  return {
    symbol,
    type: 'strategy_signal',
    message: own ?? `${symbol} triggered strategy alert${side === -1 ? ' (short)' : ''}`,
    timestamp: isoInstant(time),
    priority: PRIORITIES.has(priority) ? (priority as string) : 'high',
    data: {
      ...(plain(terms) as Record<string, unknown>),
      // prices come from bars, whatever the strategy says of them
      current_price: finite(price),
      daily_change: change === null ? null : finite(change * 100),
    },
  }
}

/** 2024-01-15T09:35:00Z */
export function isoInstant(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
