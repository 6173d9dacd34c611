/** List prices in US dollars, each for the unit its name ends in. */
export interface Prices {
  /** the month the lists were read */
  asOf: string
  /** whose lists, and of which region */
  source: string
  lambdaGbSecond: number
  lambdaRequest: number
  /** HTTP API, a request of up to 512 KB */
  apiRequest: number
  /** a call with up to 64 KB, of up to 10 messages; receiving nothing and deleting are calls too */
  sqsRequest: number
  /** PUT, COPY, POST and LIST; DELETE is free */
  s3Put: number
  /** GET and HEAD, also of what is not there */
  s3Get: number
  s3GbMonth: number
  /** on demand: a write of up to 1 KB */
  dynamodbWriteUnit: number
  /** on demand: a consistent read of up to 4 KB */
  dynamodbReadUnit: number
  snsPublish: number
  snsEmail: number
  /** CloudWatch: a gigabyte of logs taken in, standard class */
  logGb: number
  /** whose tokens these are */
  geminiModel: string
  geminiInputToken: number
  /** what the model thinks counts as output */
  geminiOutputToken: number
}

const MILLION = 1e6

/** What AWS and Google list, without free tiers, volume tiers, savings plans or tax. */
export const LIST_PRICES: Prices = {
  asOf: '2025-11',
  source: 'AWS public list prices, us-east-1 (Lambda on arm64); Google AI list prices of Gemini 2.5 Flash, paid tier',
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / MILLION,
  apiRequest: 1 / MILLION,
  sqsRequest: 0.4 / MILLION,
  s3Put: 0.005 / 1_000,
  s3Get: 0.0004 / 1_000,
  s3GbMonth: 0.023,
  dynamodbWriteUnit: 0.625 / MILLION,
  dynamodbReadUnit: 0.125 / MILLION,
  snsPublish: 0.5 / MILLION,
  snsEmail: 2 / 100_000,
  logGb: 0.5,
  geminiModel: 'gemini-2.5-flash',
  geminiInputToken: 0.3 / MILLION,
  geminiOutputToken: 2.5 / MILLION,
}
