import { describe, expect, test } from 'vitest'
import { addUsage, costOf, functionUse, receiptCost, type Usage } from '../../lib/core/cost.ts'
import { LIST_PRICES } from '../../lib/core/prices.ts'

// Every expectation is worked out by hand from the units of the price table.

describe('the cost of', () => {
  test.each<[what: string, usage: Usage, part: string, cents: number]>([
    // 1,000 s x 1 GB = 1,000 GB-s x $0.0000133334 = $0.0133334
    ['1,000 s of a function with 1,024 MB', functionUse('chunk', 1_024, 0, 1_000_000), 'lambda_chunk', 1.33334],
    // 5 x 1.3 s x 1,769 / 1,024 GB = 11.2290 GB-s x $0.0000133334 = $0.000149721
    ['five chunks of 1.3 s with 1,769 MB', functionUse('chunk', 1_769, 0, 6_500), 'lambda_chunk', 0.0149721],
    // $0.20 a million
    ['a million calls', functionUse('chunk', 512, 1_000_000, 0), 'lambda_requests', 20],
    // $1 a million
    ['2,500 API requests', { apiRequests: 2_500 }, 'api', 0.25],
    // $0.40 a million
    ['a million SQS calls', { sqsRequests: 1_000_000 }, 'sqs', 40],
    // $0.005 for 1,000 PUTs and $0.0004 for 1,000 GETs
    ['1,000 objects written and 10,000 read', { s3Puts: 1_000, s3Gets: 10_000 }, 's3_requests', 0.9],
    // $0.023 a GB and month
    ['half a GB kept for two months', { s3GbMonths: 1 }, 's3_storage', 2.3],
    // $0.625 a million writes, $0.125 a million reads
    ['100,000 writes and 200,000 reads', { dynamodbWrites: 100_000, dynamodbReads: 200_000 }, 'dynamodb', 8.75],
    // $0.50 a million publications, $2 for 100,000 mails
    ['1,000 messages to mail addresses', { snsPublishes: 1_000, snsEmails: 1_000 }, 'sns', 2.05],
    // $0.50 a GB
    ['a tenth of a GB of logs', { logBytes: 2 ** 30 / 10 }, 'logs', 5],
    // $0.30 a million in, $2.50 a million out: 12,000 x 0.3 + 2,000 x 2.5 = $0.0086
    ['a strategy asked of Gemini', { geminiInputTokens: 12_000, geminiOutputTokens: 2_000 }, 'gemini', 0.86],
  ])('%s is what the list says', (_what, usage, part, cents) => {
    expect(costOf(usage)).toEqual({ cents, parts: { [part]: cents } })
  })

  test('nothing is nothing, in no parts', () => {
    expect(costOf({})).toEqual({ cents: 0, parts: {} })
  })

  test('a single table read is not rounded away', () => {
    // $0.125 a million
    expect(costOf({ dynamodbReads: 1 })).toEqual({ cents: 0.0000125, parts: { dynamodb: 0.0000125 } })
  })

  test('a whole small run adds up', () => {
    // 5 chunks of 1.3 s, 6 merge calls of 0.2 s, both 1,769 MB; a request that waits 5 s on 512 MB:
    // (6.5 + 1.2) x 1.72754 + 5 x 0.5 = 15.8021 GB-s: $0.000210695; 12 calls: $0.0000024; 1 API request: $0.000001;
    // 35 SQS calls: $0.000014; 13 PUTs and 300 GETs: $0.000065 + $0.00012: together $0.000413095
    const usage = addUsage(
      functionUse('chunk', 1_769, 5, 6_500),
      functionUse('merge', 1_769, 6, 1_200),
      functionUse('ask', 512, 1, 5_000),
      { apiRequests: 1, sqsRequests: 35, s3Puts: 13, s3Gets: 300 },
    )
    const { cents, parts } = costOf(usage)
    expect(cents).toBeCloseTo(0.0413095, 6)
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(cents, 6)
    expect(Object.keys(parts)).toEqual([
      'lambda_ask',
      'lambda_chunk',
      'lambda_merge',
      'lambda_requests',
      'api',
      'sqs',
      's3_requests',
    ])
  })

  test('other prices is another', () => {
    expect(costOf({ sqsRequests: 10 }, { ...LIST_PRICES, sqsRequest: 0.01 }).cents).toBe(10)
  })
})

describe('usage', () => {
  test('adds up by unit and by function, whatever memory the function had', () => {
    const sum = addUsage(
      { ...functionUse('chunk', 1_024, 1, 100), s3Gets: 3 },
      { ...functionUse('chunk', 2_048, 2, 50), s3Gets: 4, sqsRequests: 1 },
      functionUse('merge', 512, 1, 10),
    )
    expect(sum).toEqual({
      s3Gets: 7,
      sqsRequests: 1,
      lambda: { chunk: { calls: 3, ms: 150, mbMs: 204_800 }, merge: { calls: 1, ms: 10, mbMs: 5_120 } },
    })
  })

  test('nothing added is nothing', () => {
    expect(addUsage()).toEqual({})
    expect(addUsage({}, { s3Puts: 1 })).toEqual({ s3Puts: 1 })
  })
})

test('a receipt has the estimate beside the account, at the prices of one month', () => {
  const cost = receiptCost({ sqsRequests: 100 }, { sqsRequests: 50, apiRequests: 1 })
  expect(cost).toEqual({
    aws_estimate_cents: 0.004,
    aws_estimate_parts: { sqs: 0.004 },
    cents: 0.0021,
    parts: { api: 0.0001, sqs: 0.002 },
    prices_as_of: '2025-11',
  })
  expect(receiptCost({ sqsRequests: 100 })).toMatchObject({ cents: 0, parts: {} })
})
