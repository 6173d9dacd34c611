/** A language model, as the one who asks it sees it. */

/** What was said so far, oldest first; the person's words and our findings are the user's. */
export interface Turn {
  role: 'user' | 'model'
  text: string
}

/** The form of an answer: what JSON Schema and the schemas of models have in common. */
export interface AnswerForm {
  type: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean'
  description?: string
  nullable?: boolean
  enum?: string[]
  properties?: Record<string, AnswerForm>
  required?: string[]
  /** of objects: the order in which the fields are written, which is the order in which they are thought of */
  propertyOrdering?: string[]
  items?: AnswerForm
}

export interface ModelRequest {
  system: string
  turns: readonly Turn[]
  form: AnswerForm
  /** most tokens of the answer, its thoughts included */
  outputTokens: number
  /** how long the call may take, waiting for a busy model included */
  ms: number
}

/** What a turn took: tokens as the model counts them (0 where it did not say), and milliseconds. */
export interface TurnUse {
  inputTokens: number
  outputTokens: number
  ms: number
}

/** Why there is no whole answer. Of these the first four say nothing of the request: asking later may help. */
export type ModelFailure =
  | { kind: 'rate limited'; retryAfterMs: number | null }
  | { kind: 'unavailable'; status: number | null }
  | { kind: 'timed out' }
  | { kind: 'rejected'; status: number; message: string }
  | { kind: 'blocked'; reason: string }
  | { kind: 'empty'; reason: string }
  | { kind: 'truncated' }

export type ModelReply = { use: TurnUse } & ({ text: string } | { failure: ModelFailure })

export interface Model {
  /** who makes it, and its name there */
  readonly generator: 'gemini'
  readonly name: string
  /** One turn; failures of the model are answers. */
  ask(request: ModelRequest): Promise<ModelReply>
}

/** Whether a failure is one of the model's place and time and not of what it was asked: nothing is learnt from it. */
export const isOfTheMoment = ({ kind }: ModelFailure): boolean =>
  kind === 'rate limited' || kind === 'unavailable' || kind === 'timed out' || kind === 'rejected'
