import { gemini } from '../../lib/adapters/gemini/gemini.ts'
import type { Model } from '../../lib/generate/model.ts'
import { type Answer, reply, stubServer } from './stub-server.ts'

/** A key as Google's look; a test that prints it fails. */
export const KEY = 'AIzaSyTestKeyThatNobodyMaySee0123456789'

interface Said {
  finishReason?: string
  input?: number
  output?: number
  thoughts?: number
}

/** generateContent's answer with this text, or the JSON of this object. */
export function says(what: unknown, { finishReason = 'STOP', input = 9_000, output = 200, thoughts = 0 }: Said = {}) {
  const text = typeof what === 'string' ? what : JSON.stringify(what)
  return json(200, {
    candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0 }],
    usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, thoughtsTokenCount: thoughts },
    modelVersion: 'gemini-2.5-flash',
  })
}

export const json = (status: number, body: unknown): Answer =>
  reply(status, JSON.stringify(body), { 'content-type': 'application/json' })

/** An error as Google's APIs write it. */
export const apiError = (code: number, message: string, details: unknown[] = []): Answer =>
  json(code, { error: { code, message, status: 'ERROR', details } })

export const retryInfo = (delay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: delay })

export interface Content {
  role: string
  parts: { text: string }[]
}
interface Body {
  contents: Content[]
  systemInstruction: Content
  generationConfig: Record<string, unknown>
}

/** Gemini's REST API on loopback with scripted answers (the last one stays), the real client, and time that passes at once. */
export async function geminiServer(...answers: Answer[]) {
  const server = await stubServer(...answers)
  const slept: number[] = []
  let now = 0
  const waiting = {
    clock: () => now,
    sleep: async (ms: number) => {
      slept.push(ms)
      now += ms
    },
    random: () => 0.5,
  }
  const model = (name = 'gemini-2.5-flash'): Model =>
    gemini({ key: KEY, model: name, baseUrl: `http://127.0.0.1:${server.port}`, waiting })
  const bodies = (): Body[] => server.asked.map(({ body }) => JSON.parse(body.toString()))
  /** What the last user turn of each request said. */
  const told = () => bodies().map(({ contents }) => contents.at(-1)!.parts[0].text)
  return { ...server, slept, model, bodies, told }
}
