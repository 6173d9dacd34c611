/** The times in a file of intraday bars: how they are read, and what gives a wrong reading away. */
import { MS_PER_DAY } from '../core/days.ts'
import { AppError } from '../core/errors.ts'
import { parseDate } from './bar-dates.ts'
import type { Timeframe } from './bars.ts'
import { BAR_MINUTES, clockText, closeMinute, type IntradayTimeframe, OPEN_MINUTE, slotEnd } from './intraday-grid.ts'
import { newYorkDay, newYorkMinutes } from './new-york.ts'

export const ZONES = ['America/New_York', 'UTC'] as const
export type Zone = (typeof ZONES)[number]

/** What a file of intraday bars leaves unsaid. */
export interface IntradayForm {
  timeframe: IntradayTimeframe
  /** whether a row carries the time its bar begins or ends */
  stamp: 'start' | 'end'
  /** of times without an offset of their own */
  zone: Zone
}

const FEW = 0.1
const MOST = 0.5

const TIME = /^[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s?(?:(Z)|([+-])(\d{2}):?(\d{2}))?$/

/** A stamp in New York time; `second` is 0 for one that can be right. */
export interface Stamp {
  day: number
  minute: number
  second: number
}

/** The stamp in bytes [from, to); undefined when it is none, `date` for a date without a time. */
export function parseStamp(bytes: Uint8Array, from: number, to: number, zone: Zone): Stamp | 'date' | undefined {
  const day = parseDate(bytes, from, Math.min(to, from + 10), '')
  if (Number.isNaN(day)) return undefined
  if (to - from === 10) return 'date'
  const text = new TextDecoder().decode(bytes.subarray(from + 10, to))
  const found = TIME.exec(text)
  if (!found) return undefined
  const [, hours, minutes, seconds = '0', utc, sign, offsetHours, offsetMinutes] = found
  const minute = Number(hours) * 60 + Number(minutes)
  const second = Number(seconds)
  if (Number(hours) > 23 || Number(minutes) > 59 || second > 59) return undefined
  const offset = utc
    ? 0
    : sign
      ? (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes))
      : undefined
  if (offset === undefined && zone === 'America/New_York') return { day, minute, second }
  const instant = day * MS_PER_DAY + (minute - (offset ?? 0)) * 60_000
  return { day: newYorkDay(instant), minute: newYorkMinutes(instant), second }
}

interface SessionStamps {
  first: boolean
  last: boolean
  /** stamps before the first possible one of the session, and after its close */
  before: boolean
  after: boolean
  earliest: number
  latest: number
}

/** What is seen of a file's stamps while it is read, in New York time. */
export class StampsSeen {
  readonly #form: IntradayForm
  readonly #file: string
  #rows = 0
  #offGrid = 0
  #offGridExample = ''
  /** per session day: whether its first and its last possible stamp were there */
  readonly #sessions = new Map<number, SessionStamps>()
  /** rows on the grid of the next larger size */
  #larger = 0

  constructor(form: IntradayForm, file: string) {
    this.#form = form
    this.#file = file
  }

  add({ day, minute }: Stamp): void {
    const size = BAR_MINUTES[this.#form.timeframe]
    const next = size === 1 ? 5 : size === 5 ? 15 : 60
    const close = closeMinute(day)
    const first = Math.floor(OPEN_MINUTE / size) * size
    this.#rows++
    if (minute % next === 0) this.#larger++
    let seen = this.#sessions.get(day)
    if (!seen)
      this.#sessions.set(
        day,
        (seen = { first: false, last: false, before: false, after: false, earliest: minute, latest: minute }),
      )
    if (minute < first) seen.before = true
    if (minute > close) seen.after = true
    if (minute === first) seen.first = true
    if (minute === close) seen.last = true
    seen.earliest = Math.min(seen.earliest, minute)
    seen.latest = Math.max(seen.latest, minute)
  }

  offGrid(minute: number): void {
    this.#offGrid++
    this.#offGridExample ||= clockText(minute)
  }

  /** Throws `bad_request` where the times contradict what was said of them. */
  check(): void {
    const { timeframe, stamp, zone } = this.#form
    const wrong = (message: string) => new AppError('bad_request', `${this.#file}: ${message}`)
    if (this.#offGrid * 2 > this.#rows + this.#offGrid)
      throw wrong(
        `most of its times are none of ${timeframe} bars, which begin on multiples of their size (${this.#offGridExample} is not one): give the bar size it has with --timeframe.`,
      )
    const larger: Partial<Record<Timeframe, string>> = { '1m': '5m', '5m': '15m', '15m': '1h' }
    if (this.#rows >= 30 && this.#larger === this.#rows && larger[timeframe])
      throw wrong(
        `all of its times are multiples of ${larger[timeframe]}: its bars are not ${timeframe}. Give --timeframe.`,
      )
    const sessions = [...this.#sessions.values()]
    if (sessions.length === 0) return
    // Some sessions of old files end otherwise than the calendar says: most and few, not all and none.
    const share = (of: (each: SessionStamps) => boolean) => sessions.filter(of).length / sessions.length
    const open = share((each) => each.first)
    const close = share((each) => each.last)
    const later = share((each) => each.after)
    const ended = share((each) => each.last && each.earliest === slotEnd(OPEN_MINUTE, BAR_MINUTES[timeframe]))
    if (stamp === 'start' && open < FEW && ended > MOST && later < FEW)
      throw wrong(
        'no row carries the time at which a session opens, and most sessions have one at the close: its times are the ends of the bars. Import it with --stamp end.',
      )
    if (stamp === 'end' && close < FEW && open > MOST && later < FEW && share((each) => each.before) < FEW)
      throw wrong(
        'no row carries the time at which a session closes, and most sessions have one at the open: its times are the starts of the bars. Import it with --stamp start.',
      )
    const late = sessions.every((each) => each.earliest >= 13 * 60 && each.latest >= 19 * 60)
    if (zone === 'America/New_York' && late)
      throw wrong(
        'its sessions begin after 13:00 and last into the evening: these are no New York times. Import it with --tz UTC.',
      )
    const early = sessions.every(
      (each) => each.latest < 12 * 60 && each.latest >= OPEN_MINUTE && each.earliest < 6 * 60,
    )
    if (zone === 'UTC' && sessions.length > 1 && early)
      throw wrong(
        'read as UTC its sessions end before noon in New York: these are New York times. Import it with --tz America/New_York.',
      )
  }
}
