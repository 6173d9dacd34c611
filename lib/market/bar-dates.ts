import { MS_PER_DAY } from '../core/days.ts'
import { AppError } from '../core/errors.ts'

const INTRADAY = /^[ T](\d{2}:\d{2})(:\d{2}(\.\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?$/

/** The two digits at a position as a number, or NaN. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48
  const ones = bytes[at + 1] - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
/** First days of the months seen so far, by year * 12 + month. */
const months = new Map<number, number>()

/** The day number in bytes [from, to): YYYY-MM-DD, a midnight time behind it allowed; NaN when it is no date. */
export function parseDate(bytes: Uint8Array, from: number, to: number, name: string): number {
  if (to - from < 10 || bytes[from + 4] !== 45 || bytes[from + 7] !== 45) return Number.NaN
  const year = twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2)
  const month = twoDigits(bytes, from + 5)
  const date = twoDigits(bytes, from + 8)
  if (!(month >= 1 && month <= 12 && date >= 1)) return Number.NaN
  const leap = month === 2 && (year % 400 === 0 || (year % 4 === 0 && year % 100 !== 0)) ? 1 : 0
  if (!(year >= 1900 && year < 2100 && date <= MONTH_DAYS[month - 1] + leap)) return Number.NaN
  if (to - from > 10) {
    const time = INTRADAY.exec(new TextDecoder().decode(bytes.subarray(from + 10, to)))
    if (!time) return Number.NaN
    if (time[1] !== '00:00')
      throw new AppError(
        'bad_request',
        `${name} holds intraday bars (${new TextDecoder().decode(bytes.subarray(from, to))}): say which with --timeframe 1m|5m|15m|1h --stamp start|end.`,
      )
  }
  const key = year * 12 + month
  let first = months.get(key)
  if (first === undefined) months.set(key, (first = Date.UTC(year, month - 1, 1) / MS_PER_DAY))
  return first + date - 1
}
