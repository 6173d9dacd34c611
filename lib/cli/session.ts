import { AppError, type ErrorCode } from '../core/errors.ts'
import type { HttpMethod } from '../local/client.ts'
import type { Connection } from '../local/connection.ts'
import { type RunAt, wholeAnswer } from '../local/follow.ts'
import { type Arguments, UsageError } from './arguments.ts'
import type { Deps } from './deps.ts'
import { type Paint, paint } from './text.ts'

/** What the API takes under an Idempotency-Key. */
const REPEATABLE = ['/strategies', '/backtest', '/screener', '/alert', '/execute', '/signals', '/explain', '/why-not']

export type Json = Record<string, unknown>

/** One command at work: its arguments, the API it talks to and what it writes on. */
export class Session {
  readonly deps: Deps
  readonly args: Arguments
  readonly home: string
  readonly style: Paint
  readonly columns: number
  private opened: Promise<Connection> | undefined

  constructor(deps: Deps, args: Arguments) {
    this.deps = deps
    this.args = args
    if (args.flags.key !== undefined && args.flags.url === undefined)
      throw new UsageError('--key is for a deployment: name it with --url.')
    this.home = this.text('home') ?? (deps.env.SAYWHEN_HOME || '.saywhen')
    this.style = paint(deps.io.isTerminal && !deps.env.NO_COLOR)
    this.columns = Math.max(40, Math.min(deps.io.columns, 110))
  }

  get json(): boolean {
    return this.args.flags.json === true
  }

  get url(): string | undefined {
    return this.text('url')
  }

  /** The key to show at --url. */
  private get key(): string | undefined {
    const key = this.text('key') ?? (this.deps.env.SAYWHEN_KEY || undefined)
    if (key !== undefined && !/^[\x21-\x7e]{1,8000}$/.test(key))
      throw new UsageError('The key (--key or SAYWHEN_KEY) holds characters that no key has, such as spaces.')
    return key
  }

  /** The command's argument; present unless its form makes it optional. */
  get argument(): string {
    return this.args.argument ?? ''
  }

  text(flag: string): string | undefined {
    const value = this.args.flags[flag]
    return typeof value === 'string' ? value : undefined
  }

  number(flag: string): number | undefined {
    const value = this.args.flags[flag]
    return typeof value === 'number' ? value : undefined
  }

  list(flag: string): string[] | undefined {
    const value = this.args.flags[flag]
    return Array.isArray(value) ? value : undefined
  }

  /**
   * The successful answer's JSON, also where it takes a run that is waited for; the error of a failed one is thrown as it came.
   * What makes something is sent under a key of its own, so that a lost answer can be asked for again.
   */
  async api(method: HttpMethod, path: string, body?: Json, onProgress?: (at: RunAt) => void): Promise<Json> {
    const connection = await this.connection()
    const repeatable = method === 'POST' && (REPEATABLE.includes(path) || path.endsWith('/revise'))
    const idempotencyKey = repeatable ? Buffer.from(this.deps.randomBytes(16)).toString('hex') : undefined
    const first = await connection.request(method, path, body, { idempotencyKey })
    const answer = await wholeAnswer(connection, first, { sleep: this.deps.sleep, onProgress })
    if (answer.status < 400 && isJson(answer.body)) return answer.body
    const error = isJson(answer.body) && isJson(answer.body.error) ? answer.body.error : undefined
    if (typeof error?.code === 'string' && typeof error.message === 'string')
      throw new AppError(error.code as ErrorCode, error.message, error.details)
    if (answer.status === 401 || answer.status === 403)
      throw new AppError(
        'unauthorized',
        `${connection.url()} refuses ${this.key === undefined ? 'requests without a key' : 'this key'} (status ${answer.status}). Give a valid one with --key or SAYWHEN_KEY.`,
      )
    throw new AppError(
      'internal',
      `${connection.url()} answered ${method} ${path} with status ${answer.status} and nothing of this API. Check the URL.`,
    )
  }

  connection(): Promise<Connection> {
    this.opened ??= this.deps.connect(this.url ? { url: this.url, key: this.key } : { home: this.home })
    return this.opened
  }

  async close(): Promise<void> {
    const connection = await this.opened?.catch(() => undefined)
    await connection?.close()
  }

  /** Lines for people. */
  print(...lines: string[]): void {
    this.deps.io.out(`${lines.join('\n')}\n`)
  }

  printJson(value: unknown): void {
    this.deps.io.out(`${JSON.stringify(value, null, 2)}\n`)
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
