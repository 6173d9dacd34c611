import { LIST_PRICES, type Prices } from './prices.ts'

/** What the calls of one Lambda function took. */
export interface FunctionUse {
  calls: number
  /** billed milliseconds of all calls together */
  ms: number
  /** the same, each millisecond times the megabytes the function has: MB-milliseconds, which add up whatever the memory was */
  mbMs: number
}

/** What something used of the cloud, in the units that are billed. Anything absent is 0. */
export interface Usage {
  /** by function: ask, chunk, merge, ... */
  lambda?: Readonly<Record<string, FunctionUse>>
  apiRequests?: number
  sqsRequests?: number
  s3Puts?: number
  s3Gets?: number
  s3GbMonths?: number
  dynamodbWrites?: number
  dynamodbReads?: number
  snsPublishes?: number
  snsEmails?: number
  logBytes?: number
  geminiInputTokens?: number
  geminiOutputTokens?: number
}

/** Calls of a function with this memory, taking `ms` in all. */
export function functionUse(name: string, megabytes: number, calls: number, ms: number): Usage {
  return { lambda: { [name]: { calls, ms, mbMs: ms * megabytes } } }
}

/** The sum of usages. */
export function addUsage(...usages: readonly Usage[]): Usage {
  const sum: Record<string, number> = {}
  const lambda: Record<string, FunctionUse> = {}
  for (const { lambda: functions = {}, ...counts } of usages) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + (count ?? 0)
    for (const [name, use] of Object.entries(functions)) {
      const { calls, ms, mbMs } = lambda[name] ?? { calls: 0, ms: 0, mbMs: 0 }
      lambda[name] = { calls: calls + use.calls, ms: ms + use.ms, mbMs: mbMs + use.mbMs }
    }
  }
  return { ...sum, ...(Object.keys(lambda).length === 0 ? {} : { lambda }) }
}

/** An amount in US cents, fractions of cents included, and what it is made of; parts that are 0 are left out. */
export interface Cost {
  cents: number
  parts: Record<string, number>
}

const MB_MS_PER_GB_SECOND = 1_024 * 1_000
const BYTES_PER_GB = 2 ** 30
const CENTS = 100

/** What a usage costs at these prices. */
export function costOf(usage: Usage, prices: Prices = LIST_PRICES): Cost {
  const parts: Record<string, number> = {}
  let dollars = 0
  const add = (name: string, amount: number): void => {
    dollars += amount
    if (amount > 0) parts[name] = sixDigits(amount * CENTS)
  }
  const functions = Object.entries(usage.lambda ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, { mbMs }] of functions) add(`lambda_${name}`, (mbMs / MB_MS_PER_GB_SECOND) * prices.lambdaGbSecond)
  add('lambda_requests', functions.reduce((sum, [, { calls }]) => sum + calls, 0) * prices.lambdaRequest)
  add('api', (usage.apiRequests ?? 0) * prices.apiRequest)
  add('sqs', (usage.sqsRequests ?? 0) * prices.sqsRequest)
  add('s3_requests', (usage.s3Puts ?? 0) * prices.s3Put + (usage.s3Gets ?? 0) * prices.s3Get)
  add('s3_storage', (usage.s3GbMonths ?? 0) * prices.s3GbMonth)
  const { dynamodbWrites = 0, dynamodbReads = 0 } = usage
  add('dynamodb', dynamodbWrites * prices.dynamodbWriteUnit + dynamodbReads * prices.dynamodbReadUnit)
  add('sns', (usage.snsPublishes ?? 0) * prices.snsPublish + (usage.snsEmails ?? 0) * prices.snsEmail)
  add('logs', ((usage.logBytes ?? 0) / BYTES_PER_GB) * prices.logGb)
  const { geminiInputTokens = 0, geminiOutputTokens = 0 } = usage
  add('gemini', geminiInputTokens * prices.geminiInputToken + geminiOutputTokens * prices.geminiOutputToken)
  return { cents: sixDigits(dollars * CENTS), parts }
}

/** Six significant digits: most runs cost less than a cent. */
const sixDigits = (amount: number): number => Number(amount.toPrecision(6))

/** The money side of a receipt, amounts in US cents. */
export interface ReceiptCost {
  /** what the run was expected to cost on AWS, before it began */
  aws_estimate_cents: number
  aws_estimate_parts: Record<string, number>
  /** what it did cost, up to the moment of the receipt; 0 on one machine, which bills nobody */
  cents: number
  parts: Record<string, number>
  /** the month of the list prices */
  prices_as_of: string
}

/** Estimate before, account after; without an account nothing was billed. */
export function receiptCost(estimate: Usage, spent: Usage = {}, prices: Prices = LIST_PRICES): ReceiptCost {
  const [expected, account] = [costOf(estimate, prices), costOf(spent, prices)]
  return {
    aws_estimate_cents: expected.cents,
    aws_estimate_parts: expected.parts,
    cents: account.cents,
    parts: account.parts,
    prices_as_of: prices.asOf,
  }
}
