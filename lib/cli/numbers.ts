/** Numbers for people; the JSON has them in full. A missing number is a dash. */

const NONE = '-'

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** 1234567 as 1,234,567. */
export function count(value: unknown): string {
  return isNumber(value) ? grouped(String(Math.round(value))) : NONE
}

/** 0.0812 as 8.1 %, or with more decimals. */
export function percent(value: unknown, decimals = 1): string {
  return isNumber(value) ? `${grouped((value * 100).toFixed(decimals))} %` : NONE
}

/** 1.2345 as 1.23, or with other decimals. */
export function decimal(value: unknown, decimals = 2): string {
  return isNumber(value) ? grouped(value.toFixed(decimals)) : NONE
}

/** Six significant digits at most, no trailing zeros: for values of unknown size. */
export function significant(value: unknown): string {
  if (!isNumber(value)) return NONE
  if (Number.isInteger(value)) return count(value)
  return String(Number(value.toPrecision(6)))
}

function grouped(digits: string): string {
  const [whole, ...fraction] = digits.split('.')
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, ','), ...fraction].join('.')
}
