import * as z from 'zod'
import { count, decimal, significant } from './numbers.ts'
import { facts } from './text.ts'

const number = z.number().optional().catch(undefined)
const text = z.string().optional().catch(undefined)

const receiptShape = z.looseObject({
  coverage: z
    .looseObject({
      symbols: number,
      bars_expected: number,
      bars_got: number,
      missing: z.array(z.looseObject({ symbol: z.string(), dates: z.array(z.string()), count: z.number() })).catch([]),
      last_bar: text,
      unknown_bars: number,
      guest_errors: number,
    })
    .optional()
    .catch(undefined),
  skipped: z.array(z.looseObject({ symbol: z.string(), reason: z.string() })).catch([]),
  fill: text,
  costs: z
    .looseObject({ cash: number, slots: number, slippage_bps: number, commission: number })
    .optional()
    .catch(undefined),
  strategy_hash: text,
  data_version: text,
  engine_version: text,
  wall_ms: number,
  cpu_ms: number,
  cost_cents: number,
})
type Receipt = z.infer<typeof receiptShape>

export interface Basis {
  warnings: string[]
  assumptions: string[]
  receipt: Record<string, unknown>
}

/** What a result rests on: warnings, assumptions, and what of the receipt a person asks for first. */
export function basisText({ warnings, assumptions, receipt }: Basis, columns: number): string[] {
  const entries: [string, string | string[]][] = []
  if (warnings.length > 0) entries.push(['Beware', warnings])
  if (assumptions.length > 0) entries.push(['Assumed', assumptions])
  const read = receiptShape.safeParse(receipt).data
  const lines = read ? [coverage(read), skipped(read), trading(read), origin(read)].filter((line) => line !== '') : []
  if (lines.length > 0) entries.push(['Receipt', lines])
  return entries.length > 0 ? ['', ...facts(entries, columns)] : []
}

function coverage({ coverage: found }: Receipt): string {
  if (!found) return ''
  const { symbols, bars_expected: expected, bars_got: got, missing, last_bar: last } = found
  const gaps = missing
    .slice(0, MOST_NAMED)
    .map(
      (gap) =>
        `${gap.symbol} ${gap.count} (${gap.dates.slice(0, 3).join(', ')}${gap.count > Math.min(3, gap.dates.length) ? ' ...' : ''})`,
    )
  return [
    `${count(got)} of ${count(expected)} bars of ${count(symbols)} symbols${last ? `, the last of ${last}` : ''}`,
    ...(gaps.length > 0 ? [`missing: ${gaps.join(', ')}${rest(missing.length)}`] : []),
    ...(found.unknown_bars ? [`unknown on ${count(found.unknown_bars)}`] : []),
    ...(found.guest_errors ? [`errors of the code on ${count(found.guest_errors)}`] : []),
  ].join('; ')
}

function skipped({ skipped: symbols }: Receipt): string {
  if (symbols.length === 0) return ''
  const named = symbols.slice(0, MOST_NAMED).map(({ symbol, reason }) => `${symbol} (${reason})`)
  return `${count(symbols.length)} skipped: ${named.join(', ')}${rest(symbols.length)}`
}

function trading({ fill, costs }: Receipt): string {
  return [
    ...(fill ? [`fills at the ${fill === 'next_open' ? 'next open' : fill}`] : []),
    ...(costs?.cash ? [`${count(costs.cash)} in ${costs.slots ? `${count(costs.slots)} slots` : 'cash'}`] : []),
    ...(costs?.slippage_bps === undefined ? [] : [`slippage ${significant(costs.slippage_bps)} bp`]),
    ...(costs?.commission === undefined
      ? []
      : [costs.commission === 0 ? 'no commission' : `commission ${significant(costs.commission)}`]),
  ].join(', ')
}

function origin(receipt: Receipt): string {
  const { strategy_hash: hash, data_version: data, engine_version: engine, wall_ms: wall, cpu_ms: cpu } = receipt
  return [
    ...(hash ? [`strategy ${hash.slice(0, 12)}`] : []),
    ...(data ? [`data ${data.slice(0, 12)}`] : []),
    ...(engine ? [`engine ${engine}`] : []),
    ...(wall === undefined ? [] : [`${decimal(wall / 1000)} s`]),
    ...(cpu === undefined ? [] : [`CPU ${decimal(cpu / 1000)} s`]),
    ...(receipt.cost_cents === undefined ? [] : [`cost ${significant(receipt.cost_cents)} cents`]),
  ].join(', ')
}

const MOST_NAMED = 5

const rest = (length: number) => (length > MOST_NAMED ? ` and ${count(length - MOST_NAMED)} more` : '')
