import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { z } from 'zod'
import { AppError } from '../lib/core/errors.ts'
import type { AskOptions } from './application.ts'
import { whatIsWrong } from './wrong.ts'

/** Most bytes and most levels of a request body. */
const BODY_BYTES = 1_048_576
const BODY_LEVELS = 16
const QUERY_CHARACTERS = 8_192

/** The body as JSON of the given shape; throws `bad_request` or `too_large` saying what is wrong, where, and what to do. */
export function bodyOf<Shape>(event: APIGatewayProxyEventV2, schema: z.ZodType<Shape>): Shape {
  const text = event.isBase64Encoded ? decoded(event.body ?? '') : (event.body ?? '')
  if (Buffer.byteLength(text) > BODY_BYTES)
    throw new AppError(
      'too_large',
      `The body is larger than ${BODY_BYTES} bytes, the most a request may hold. Send less.`,
    )
  if (text.trim() === '') throw new AppError('bad_request', 'The body is empty. Send a JSON object.')
  refuseDeep(text)
  return checked(schema, parsed(text), 'the body')
}

/** Text that a gateway took for something else and packed. */
function decoded(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'))
  } catch (cause) {
    throw new AppError('bad_request', 'The body is not UTF-8 text. Send JSON in UTF-8.', undefined, cause)
  }
}

/** The query string's values in the given shape; throws as bodyOf does. */
export function queryOf<Shape>(event: APIGatewayProxyEventV2, schema: z.ZodType<Shape>): Shape {
  if (event.rawQueryString.length > QUERY_CHARACTERS)
    throw new AppError(
      'too_large',
      `The query is longer than ${QUERY_CHARACTERS} characters. Send less, or POST what has a body.`,
    )
  return checked(schema, event.queryStringParameters ?? {}, 'the query')
}

/**
 * The `Idempotency-Key` of a request that may be sent twice; throws `bad_request` when it is none. A header that is empty was meant to
 * hold one: it is refused too.
 */
export function askOptions(event: APIGatewayProxyEventV2): AskOptions {
  const key = event.headers?.['idempotency-key']
  if (key === undefined) return {}
  if (/^[\x21-\x7e]{1,200}$/.test(key)) return { idempotencyKey: key }
  throw new AppError(
    'bad_request',
    'The Idempotency-Key is 1 to 200 letters, digits and signs without spaces. Send a random one for each request, or none.',
  )
}

/** The number in `/strategies/{id}`. */
export function strategyIdOf(event: APIGatewayProxyEventV2): number {
  const id = event.pathParameters?.id ?? ''
  if (/^[1-9]\d{0,14}$/.test(id)) return Number(id)
  throw new AppError('bad_request', `A strategy's id is a positive whole number, not "${id.slice(0, 40)}".`)
}

/** The text in `/runs/{id}`. */
export function runIdOf(event: APIGatewayProxyEventV2): string {
  const id = event.pathParameters?.id ?? ''
  if (/^\w[\w.:-]{0,127}$/.test(id)) return id
  throw new AppError(
    'bad_request',
    `"${id.slice(0, 40)}" is no run id: letters, digits and . : _ - only. GET /runs lists them.`,
  )
}

/** The text in `/keys/{id}`. */
export function keyIdOf(event: APIGatewayProxyEventV2): string {
  const id = event.pathParameters?.id ?? ''
  if (/^[\w-]{1,64}$/.test(id)) return id
  throw new AppError(
    'bad_request',
    `"${id.slice(0, 40)}" is no key id: letters, digits, _ and - only. GET /keys lists them.`,
  )
}

/** The text in `/alerts/{id}`. */
export function subscriptionIdOf(event: APIGatewayProxyEventV2): string {
  const id = event.pathParameters?.id ?? ''
  if (/^\w[\w.-]{0,127}$/.test(id)) return id
  throw new AppError(
    'bad_request',
    `"${id.slice(0, 40)}" is no alert id: letters, digits and . _ - only. GET /alerts lists them.`,
  )
}

function checked<Shape>(schema: z.ZodType<Shape>, value: unknown, where: string): Shape {
  const read = schema.safeParse(value, { reportInput: true })
  if (read.success) return read.data
  throw whatIsWrong(read.error, where)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError(
      'bad_request',
      `The body is not JSON: ${reason.slice(0, 160)}. Correct it there.`,
      undefined,
      cause,
    )
  }
}

/** Nothing the API takes is nested deeply: what is, was made to hurt, and is refused before it is parsed. */
function refuseDeep(text: string): void {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (quoted) {
      if (character === '\\') i++
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === '}' || character === ']') depth--
    else if ((character === '{' || character === '[') && ++depth > BODY_LEVELS)
      throw new AppError(
        'bad_request',
        `The body is nested more than ${BODY_LEVELS} levels deep (character ${i + 1}). Flatten it.`,
      )
  }
}
