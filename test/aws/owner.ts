import { newSecret, secretHash } from '../../lib/access/secrets.ts'
import type { Deployment, Machine } from './deployment.ts'

export type Json = Record<string, unknown>
export interface Answer {
  status: number
  headers: Headers
  body: Json
}

const OPERATOR = newSecret('operator', new Uint8Array(32).fill(7))

/** A machine that serves the API and knows an operator. */
export const openApi = (deployment: Deployment, more: Record<string, string> = {}): Promise<Machine> =>
  deployment.api({ SAYWHEN_OPERATOR_KEY_HASH: secretHash(OPERATOR), ...more })

/** Asks an API with a key. */
export async function ask(
  url: string,
  key: string,
  [method, path, body]: [string, string, Json?],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    body: body && JSON.stringify(body),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json }
}

/** A key of an owner, made as the operator makes it. */
export async function keyOf(api: Machine, owner: string): Promise<string> {
  const { status, body } = await ask(api.url!, OPERATOR, ['POST', '/keys', { name: 'test', owner }])
  if (status !== 201) throw new Error(JSON.stringify(body))
  return body.secret as string
}

/** The answer to a request for a run, followed until the run has ended; where the API says it is busy it is asked again, as clients do. */
export async function ended(url: string, key: string, request: [string, string, Json?]): Promise<Answer> {
  const patiently = async (asked: [string, string, Json?]) => {
    for (let tries = 1; ; tries++) {
      const answer = await ask(url, key, asked)
      if (answer.status !== 503 || tries === 5) return answer
      await new Promise((resolve) => setTimeout(resolve, Number(answer.headers.get('retry-after')) * 1_000))
    }
  }
  let answer = await patiently(request)
  const path = answer.headers.get('location')
  while (answer.status === 202) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    answer = await patiently(['GET', `${path}/result`])
  }
  return answer
}
