import { createHash, type Hash } from 'node:crypto'

type Json = Record<string, unknown>

/** Fields that say how a run was done, not what it found; those of its trials say where their number came from. */
const RUN = new Set(['run_id'])
const RECEIPT = new Set([
  ...['result_hash', 'wall_ms', 'cpu_ms', 'cost_cents', 'cost', 'chunks'],
  ...['computed_at', 'newest_bar_age_seconds'],
])
const REQUEST = new Set(['trials', 'partial'])

/**
 * A result without times, cost, the number of chunks, the run's id and its own hash: equal for equal findings on equal data. The number
 * of trials counts, whether it was given or counted does not; a result that lacks symbols says so itself, whether that was allowed or not.
 */
export function findingsOf(result: Json): Json {
  const honesty = part(result.honesty)
  const trials = part(honesty?.trials)
  const receipt = part(result.receipt)
  const request = part(receipt?.request)
  return {
    ...without(result, RUN),
    ...(receipt && {
      receipt: { ...without(receipt, RECEIPT), ...(request && { request: without(request, REQUEST) }) },
    }),
    ...(honesty && trials && { honesty: { ...honesty, trials: { count: trials.count } } }),
  }
}

/** SHA-256, in hex, of the findings of a result as canonical JSON. */
export const resultHash = (result: Json): string => canonicalHash(findingsOf(result))

/** SHA-256, in hex, of a value as JSON with the keys of every object in code-unit order. */
export function canonicalHash(value: unknown): string {
  const text = new HashedText()
  text.value(value)
  return text.digest()
}

function part(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null ? (value as Json) : undefined
}

const without = (json: Json, names: ReadonlySet<string>): Json =>
  Object.fromEntries(Object.entries(json).filter(([name]) => !names.has(name)))

/** Characters hashed at once: a long result is never one text. */
const BLOCK = 65_536

/** JSON values written in their canonical form into a hash. */
class HashedText {
  readonly #hash: Hash = createHash('sha256')
  readonly #sorted = new Map<string, string[]>()
  #text = ''

  value(value: unknown): void {
    if (typeof value !== 'object' || value === null) this.#write(JSON.stringify(value) ?? 'null')
    else if (Array.isArray(value)) {
      this.#write('[')
      for (let i = 0; i < value.length; i++) {
        if (i > 0) this.#write(',')
        this.value(value[i])
      }
      this.#write(']')
    } else this.#object(value as Json)
  }

  digest(): string {
    return this.#hash.update(this.#text).digest('hex')
  }

  #object(json: Json): void {
    this.#write('{')
    let first = true
    for (const name of this.#namesOf(json)) {
      if (json[name] === undefined) continue
      this.#write(first ? JSON.stringify(name) : `,${JSON.stringify(name)}`)
      first = false
      this.#write(':')
      this.value(json[name])
    }
    this.#write('}')
  }

  /** Rows of one list have the same names: they are put in order once. */
  #namesOf(json: Json): string[] {
    const names = Object.keys(json)
    const key = JSON.stringify(names)
    let sorted = this.#sorted.get(key)
    if (sorted === undefined) this.#sorted.set(key, (sorted = names.sort()))
    return sorted
  }

  #write(text: string): void {
    this.#text += text
    if (this.#text.length < BLOCK) return
    this.#hash.update(this.#text)
    this.#text = ''
  }
}
