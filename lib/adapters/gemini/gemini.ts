import {
  type EnhancedGenerateContentResponse,
  GoogleGenerativeAI,
  GoogleGenerativeAIFetchError,
  type ResponseSchema,
} from '@google/generative-ai'
import * as z from 'zod'
import type { Model, ModelFailure, ModelReply, ModelRequest, TurnUse } from '../../generate/model.ts'
import type { Waiting } from '../aws/retry.ts'

export interface GeminiSettings {
  key: string
  model: string
  /** where the REST API is; Google's own when absent */
  baseUrl?: string
  waiting: Waiting
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 16_000
/** The longest answer that is looked at. */
const ANSWER_CHARACTERS = 400_000

/**
 * Gemini over its REST API. A model that is busy or away is asked again as it says (RetryInfo), else after waits that double, with
 * jitter, as long as the call's time lasts. The key goes into a header and nowhere else.
 */
export function gemini({ key, model: name, baseUrl, waiting }: GeminiSettings): Model {
  const { clock, sleep, random } = waiting
  const client = new GoogleGenerativeAI(key)

  /** One request; the SDK's own time-out would keep the process alive until it ends, so the signal is ours. */
  async function once(request: ModelRequest, ms: number): Promise<Attempt> {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), ms)
    const model = client.getGenerativeModel(
      {
        model: name,
        systemInstruction: request.system,
        generationConfig: {
          temperature: 0,
          maxOutputTokens: request.outputTokens,
          responseMimeType: 'application/json',
          responseSchema: request.form as unknown as ResponseSchema,
        },
      },
      { baseUrl },
    )
    const contents = request.turns.map(({ role, text }) => ({ role, parts: [{ text }] }))
    try {
      const { response } = await model.generateContent({ contents }, { signal: stop.signal })
      return { tokens: tokensOf(response), ...answerOf(response) }
    } catch (error) {
      return stop.signal.aborted ? { failure: { kind: 'timed out' } } : { failure: failureOf(error, key, request) }
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    generator: 'gemini',
    name,
    async ask(request): Promise<ModelReply> {
      const began = clock()
      const left = () => request.ms - (clock() - began)
      for (let waits = 0; ; waits++) {
        const { tokens = NO_TOKENS, ...answer } = await once(request, Math.max(1, left()))
        const use: TurnUse = { ...tokens, ms: clock() - began }
        const wait = 'failure' in answer ? waitBefore(answer.failure, waits, random) : undefined
        if (wait === undefined || wait >= left()) return { ...answer, use }
        await sleep(wait)
      }
    },
  }
}

type Tokens = Omit<TurnUse, 'ms'>
type Attempt = { tokens?: Tokens } & ({ text: string } | { failure: ModelFailure })

const NO_TOKENS: Tokens = { inputTokens: 0, outputTokens: 0 }

/** Milliseconds until a failed request is worth another one; undefined when it is not. */
function waitBefore(failure: ModelFailure, waits: number, random: () => number): number | undefined {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** waits)
  if (failure.kind === 'rate limited' && failure.retryAfterMs !== null)
    // Never before the time that was asked for; spread behind it, so that many do not come back at once.
    return failure.retryAfterMs + random() * FIRST_WAIT_MS
  if (failure.kind === 'rate limited' || failure.kind === 'unavailable') return ceiling / 2 + (random() * ceiling) / 2
  return undefined
}

const usage = z.object({
  promptTokenCount: z.number().nonnegative().catch(0),
  candidatesTokenCount: z.number().nonnegative().catch(0),
  // The SDK does not know them yet; they are billed as output.
  thoughtsTokenCount: z.number().nonnegative().catch(0),
})

function tokensOf({ usageMetadata }: EnhancedGenerateContentResponse): Tokens {
  const { data } = usage.safeParse(usageMetadata)
  if (data === undefined) return NO_TOKENS
  return {
    inputTokens: data.promptTokenCount,
    outputTokens: data.candidatesTokenCount + data.thoughtsTokenCount,
  }
}

const part = z.object({ text: z.string(), thought: z.boolean().optional() })
const answer = z.object({
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  candidates: z
    .array(
      z.object({
        finishReason: z.string().optional(),
        content: z.object({ parts: z.array(z.unknown()).optional() }).optional(),
      }),
    )
    .optional(),
})

const BLOCKS = new Set(['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'LANGUAGE'])

/** The text of an answer, read as what came and not as what the SDK's types promise. */
function answerOf(response: unknown): { text: string } | { failure: ModelFailure } {
  const { data } = answer.safeParse(response)
  const block = data?.promptFeedback?.blockReason
  if (block !== undefined) return { failure: { kind: 'blocked', reason: named(block) } }
  const [first] = data?.candidates ?? []
  const reason = first?.finishReason ?? ''
  if (BLOCKS.has(reason)) return { failure: { kind: 'blocked', reason } }
  if (reason === 'MAX_TOKENS') return { failure: { kind: 'truncated' } }
  const texts = (first?.content?.parts ?? []).flatMap((each) => {
    const read = part.safeParse(each).data
    return read === undefined || read.thought === true ? [] : [read.text]
  })
  const text = texts.join('')
  if (text.length > ANSWER_CHARACTERS) return { failure: { kind: 'truncated' } }
  return text.trim() === '' ? { failure: { kind: 'empty', reason: named(reason) } } : { text }
}

/** A name of the API's, or nothing: no other text of an answer gets into an error. */
const named = (text: string): string => (/^[A-Z_]{1,60}$/.test(text) ? text : 'no reason given')

const RETRY_INFO = /^(\d+(?:\.\d+)?)s$/
const MESSAGE_CHARACTERS = 300

/** What a thrown error says of the model; the key is taken out of it, and a message that quotes what was asked is not passed on. */
function failureOf(error: unknown, key: string, { turns }: ModelRequest): ModelFailure {
  if (!(error instanceof GoogleGenerativeAIFetchError) || error.status === undefined)
    // No connection, or an answer that is no JSON.
    return { kind: 'unavailable', status: null }
  const { status } = error
  if (status === 429) return { kind: 'rate limited', retryAfterMs: retryAfter(error) }
  if (status >= 500) return { kind: 'unavailable', status }
  // The SDK puts the address before the message and the details behind it.
  const message = error.message
    .replace(/^.*?\[\d+ [^\]]*\]\s*/s, '')
    .replace(` ${JSON.stringify(error.errorDetails)}`, '')
    .replaceAll(key, '[key]')
  const lines = turns.flatMap(({ text }) => text.split('\n'))
  const quotes = lines.some((line) => quotesOf(line).some((piece) => message.includes(piece)))
  return { kind: 'rejected', status, message: quotes ? 'no reason given' : message.slice(0, MESSAGE_CHARACTERS) }
}

const QUOTED_CHARACTERS = 16

/** What a quotation of a line would hold: the line, or any piece of a long one. */
function quotesOf(line: string): string[] {
  if (line.length <= QUOTED_CHARACTERS) return line.trim().length > 3 ? [line.trim()] : []
  return Array.from({ length: line.length - QUOTED_CHARACTERS }, (_, at) => line.slice(at, at + QUOTED_CHARACTERS))
}

/** How long the model asks to be left alone: `retryDelay: "17s"` of google.rpc.RetryInfo. */
function retryAfter({ errorDetails }: GoogleGenerativeAIFetchError): number | null {
  for (const detail of Array.isArray(errorDetails) ? errorDetails : []) {
    const seconds = RETRY_INFO.exec(String((detail as { retryDelay?: unknown })?.retryDelay))?.[1]
    if (seconds !== undefined) return Number(seconds) * 1_000
  }
  return null
}
